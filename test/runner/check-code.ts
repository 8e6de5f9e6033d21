/**
 * What `tsc -p .` and `eslint .` say of the code, by one program of TypeScript for both: reading all files and finding their
 * types is most of the work of either. Ends with 1 if there is anything to say.
 */
import { ESLint } from 'eslint'
import path from 'node:path'
import ts from 'typescript'

const root = path.resolve(import.meta.dirname, '../..')

const program = readProgram()
const typed = reportTypes(program)
const linted = await reportLint(program)
process.exitCode = typed && linted ? 0 : 1

function readProgram(): ts.Program {
  const config = ts.getParsedCommandLineOfConfigFile(`${root}/tsconfig.json`, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (fault) => {
      throw new Error(ts.flattenDiagnosticMessageText(fault.messageText, '\n'))
    },
  })
  if (!config) throw new Error('tsconfig.json cannot be read.')
  const { fileNames, options, errors } = config
  return ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors })
}

function reportTypes(program: ts.Program): boolean {
  const faults = ts.getPreEmitDiagnostics(program)
  const format = {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name: string) => name,
    getNewLine: () => '\n',
  }
  process.stdout.write(ts.formatDiagnostics(faults, format))
  return faults.length === 0
}

/** With the configuration that an editor and `eslint .` have, but for where the types come from. */
async function reportLint(program: ts.Program): Promise<boolean> {
  const parserOptions = { project: null, programs: [program] }
  const eslint = new ESLint({ cwd: root, overrideConfig: { languageOptions: { parserOptions } } })
  const results = await eslint.lintFiles(['.'])
  const formatter = await eslint.loadFormatter('stylish')
  process.stdout.write(await formatter.format(results))
  return results.every(({ errorCount, fatalErrorCount }) => errorCount + fatalErrorCount === 0)
}
