"""Azure Resource Manager's view of the workspace: one module a kind of resource."""
