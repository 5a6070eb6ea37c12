import { hasBegun } from './action/began.ts'
import { commandNoted, givenNoted, locksNoted } from './action/post-state.ts'
import { actionShell } from './action/shell.ts'

// Nothing was begun: there is nothing to look at, and nothing to load.
await actionShell(async (shell) => {
  if (!hasBegun() && givenNoted() === '' && locksNoted() === '' && commandNoted() === '') return
  const { undoAction } = await import('./action/undo-action.ts')
  await undoAction(shell)
})
