import { mkdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'

import { UsageError } from '../errors.ts'
import { stateFolder } from './state-folder.ts'
import { assertSvnAddress, joined, local } from './svn-address.ts'
import { svnCommand, type SvnShell } from './svn-command.ts'
import { lineOn, type SvnProject, type Version } from './svn-history.ts'
import { type Line, noLayout, pathOf, placeOf } from './svn-layout.ts'
import { readInfo } from './svn-xml.ts'

/** A project in a Subversion repository, as the user's working copy tells of it. */
export interface SvnStore extends SvnProject {
  /** The top of the user's line on disk, absolute. */
  readonly folder: string
  /** `<folder>/.seamless`. */
  readonly state: string
  readonly uuid: string
  /** The line that the user's working copy is of. */
  readonly line: Line
  readonly shell: SvnShell
  /** What was read of revisions, by their number: it stays as it is. */
  readonly versions: Map<number, Version>
}

/** The project around a folder. Errors: `UsageError` outside a working copy or the usual layout, `VersionControlError`. */
export async function openSvnStore(folder: string, shell: SvnShell): Promise<SvnStore> {
  const svn = svnCommand(shell, folder)
  const printed = await svn.answer(['info', '--xml', '--', local(folder)])
  if (printed === undefined) throw noWorkingCopy(folder)
  const info = readInfo(printed)
  assertSvnAddress(info.root)
  const place = placeOf(info.path)
  if (place === undefined) throw noLayout(`^/${info.path}`)
  const project: SvnProject = { project: place.project, root: info.root, svn }
  const line = await lineOn(project, place.way, info.revision)
  const top = resolve(folder, ...upwards(place.way, line))
  if (relative(info.workingCopy ?? top, top).startsWith('..'))
    throw onlyAPart(project, line, info.workingCopy)
  const state = await stateFolder(top)
  await mkdir(join(state, 'work'), { recursive: true })
  return {
    ...project,
    folder: top,
    state,
    uuid: info.uuid,
    line,
    svn: svnCommand(shell, top),
    shell,
    versions: new Map(),
  }
}

/** From the folder up to the top of its line. */
function upwards(way: string, line: Line): string[] {
  return Array.from({ length: way.split('/').length - line.split('/').length }, () => '..')
}

function noWorkingCopy(folder: string): UsageError {
  return new UsageError(
    `${folder} is not in a Subversion working copy. Run Seamless in a checkout of the project's trunk.`,
  )
}

function onlyAPart(project: SvnProject, line: Line, folder = ''): UsageError {
  const whole = joined(project.root, pathOf(project, line))
  return new UsageError(
    `${folder} is a checkout of a part of ^/${pathOf(project, line)}, and a version is all of it. Check that out: svn checkout ${whole}`,
  )
}
