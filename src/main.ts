import { runAction } from './action/run-action.ts'
import { actionShell } from './action/shell.ts'

await actionShell(runAction)
