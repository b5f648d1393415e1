"""Why you may believe it: the ledger of claims, their evidence, and the command `superposition`."""
