import type { RepositorySettings } from '../repositories/repository.ts'
import { listed } from './listed.ts'

type LabelRules = Pick<RepositorySettings['webhook'], 'labels' | 'labelsIgnore'>

/** Why a change with these labels gets no preview, as a sentence; undefined if it may have one. Letter case does not count. */
export function labelsOut(rules: LabelRules, labels: string[]): string | undefined {
  const ignored = labels.find((label) => has(rules.labelsIgnore, label))
  if (ignored !== undefined) return `label ${ignored}: changes with it get no preview`
  if (rules.labels.length === 0 || labels.some((label) => has(rules.labels, label))) return undefined
  return rules.labels.length === 1
    ? `the change has no label ${listed(rules.labels)}, without which it gets no preview`
    : `the change has none of the labels ${listed(rules.labels)}, of which it needs one to get a preview`
}

function has(list: string[], label: string): boolean {
  return list.some((one) => fold(one) === fold(label))
}

function fold(label: string): string {
  return label.trim().toLowerCase()
}
