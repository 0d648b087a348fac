# A program that calls AWS itself: it needs its own network, and an endpoint for each service that it calls.
# Four endpoints in two zones are eight that are billed by the hour.

enable_network_isolation = false
interface_endpoints      = ["logs", "monitoring", "secretsmanager", "sts"]
availability_zones       = ["us-east-1a", "us-east-1c"]
