import { hasBegun } from './action/began.ts'
import { givenNoted } from './action/given-state.ts'
import { actionShell } from './action/shell.ts'

// Nothing was begun: there is nothing to look at, and nothing to load.
await actionShell(async (shell) => {
  if (!hasBegun() && givenNoted() === '') return
  const { undoAction } = await import('./action/undo-action.ts')
  await undoAction(shell)
})
