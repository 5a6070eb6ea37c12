import { actionShell } from './action/shell.ts'
import { undoAction } from './action/undo-action.ts'

await actionShell(undoAction)
