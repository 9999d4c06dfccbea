"""What the service calls the collection of each kind."""

from runner.model.keys import Kind

COLLECTION = {
    Kind.COMPUTE: "computes",
    Kind.DATASTORE: "datastores",
    Kind.CONNECTION: "connections",
    Kind.ENVIRONMENT: "environments",
    Kind.DATA: "data",
    Kind.MODEL: "models",
    Kind.COMPONENT: "components",
    Kind.JOB: "jobs",
    Kind.SCHEDULE: "schedules",
}
