import type { RunReport } from '../../upgrade/run-report.ts'
import { plural } from '../headline.ts'
import { code, fence } from '../markdown.ts'
import type { Told } from './told.ts'

const MOST_SUITES = 10
const MOST_ARTIFACTS = 5

/** What came with it, as the deploying run says: code, tests, release. Nothing where it says nothing. */
export function changeLines({ record: { run, deployment } }: Told): readonly string[] {
  const commit = code(deployment.sha.slice(0, 12))
  if (run === undefined) return []
  return [
    `- **Code:** ${commit}${codeText(run)}`,
    ...(run.tests.length === 0 ? [] : [`- **Tests:** ${testsText(run)}`]),
    ...(run.artifacts.length === 0 ? [] : [`- **Release:** ${releaseText(run)}`]),
  ]
}

/** The first lines of the release's difference, folded away. */
export function releaseDifference({ record: { run } }: Told): string {
  if (run?.release === undefined || run.release.trim() === '') return ''
  return `<details><summary>What the release changed</summary>\n\n${fence(run.release, { language: 'diff', maxLength: 8000 })}\n\n</details>`
}

function codeText({ code: difference }: RunReport): string {
  if (difference === undefined) return ''
  const { commits, files, added, removed } = difference
  return `, ${plural(commits, 'commit')}, ${plural(files, 'file')}, +${added} −${removed}`
}

function testsText({ tests }: RunReport): string {
  const shown = tests.slice(0, MOST_SUITES).map(({ suite, passed, newlyFailing, accepted }) => {
    const parts = [
      `${passed} passed`,
      ...(newlyFailing > 0 ? [`${newlyFailing} newly failing`] : []),
      ...(accepted > 0 ? [plural(accepted, 'accepted break')] : []),
    ]
    return `${code(suite, 60)} ${parts.join(', ')}`
  })
  return [...shown, ...moreText(tests.length - MOST_SUITES)].join('; ')
}

function releaseText({ artifacts }: RunReport): string {
  const shown = artifacts
    .slice(0, MOST_ARTIFACTS)
    .map(({ name, digest }) => `${code(name, 100)} ${code(digest.slice(0, 19))}`)
  return [...shown, ...moreText(artifacts.length - MOST_ARTIFACTS)].join(', ')
}

function moreText(more: number): readonly string[] {
  return more > 0 ? [`and ${more} more`] : []
}
