import { readInputs } from './action/inputs.ts'
import { actionShell } from './action/shell.ts'

// What runs is loaded when the inputs make sense: a slip in a workflow is told at once.
await actionShell(async (shell) => {
  const inputs = readInputs()
  const { runAction } = await import('./action/run-action.ts')
  await runAction(shell, inputs)
})
