import { runApp } from './run-app.ts'

// By its own word: connections that GitHub keeps open for later would hold the process for nothing.
process.exit(await runApp(process.env))
