import { QaackError } from '../errors.ts'
import { faultsAsText } from './faults.ts'
import type { Fault } from './qaackfile.ts'

/** A Qaackfile with faults, all of them: as text in the message, and as they are for who can show them at their lines. */
export class QaackfileRefused extends QaackError {
  readonly faults: Fault[]

  constructor(file: string, faults: Fault[]) {
    const count = `${faults.length} fault${faults.length === 1 ? '' : 's'}`
    super('invalid_qaackfile', `${file} has ${count}:\n${faultsAsText(faults)}`)
    this.name = 'QaackfileRefused'
    this.faults = faults
  }
}
