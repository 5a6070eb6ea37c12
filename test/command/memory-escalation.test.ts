import { escalationContract } from '../contract/escalation.ts'
import { memoryEscalation } from '../support/command/memory-escalation.ts'

escalationContract('memory', async () => {
  const escalation = memoryEscalation()
  return {
    escalation,
    reopen: () => escalation,
    issues: async () => escalation.issues.map(({ title, text, isOpen }) => ({ title, text, isOpen })),
    close: async () => undefined,
  }
})
