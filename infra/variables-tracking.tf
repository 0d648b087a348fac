variable "mlflow_servers" {
  description = "MLflow servers that get each run: parameters, tags, metrics by step, end state. uri: http(s)://HOST:PORT, or the ARN of a SageMaker MLflow tracking server or app. experiment: created where it does not exist. environment_prefix: start of the names of the environment variables with the login, by default MLflow's own (MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD)."
  type = list(object({
    uri                = string
    experiment         = string
    environment_prefix = optional(string, "MLFLOW_TRACKING")
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for server in var.mlflow_servers : try(length(regexall("^([a-z][a-z0-9+.-]*://|arn:)", server.uri)) > 0, false)])
    error_message = "mlflow_servers must have a uri with a scheme: http://HOST:PORT, https://HOST:PORT, or the ARN of a SageMaker MLflow tracking server or app."
  }

  validation {
    condition     = alltrue([for server in var.mlflow_servers : try(length(regexall("://", server.uri)) == 0 || length(regexall("^https?://", server.uri)) > 0, false)])
    error_message = "mlflow_servers must have a uri with the scheme http or https, or an ARN."
  }

  validation {
    condition     = alltrue([for server in var.mlflow_servers : try(length(regexall("^[a-z][a-z0-9+.-]*://.*@", server.uri)) == 0, false)])
    error_message = "mlflow_servers must have a uri without credentials; set the environment variables MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
  }

  validation {
    condition     = alltrue([for server in var.mlflow_servers : try(length(regexall("^https?://[^/@]*/.+", server.uri)) == 0, false)])
    error_message = "mlflow_servers must have a uri without a path: http://HOST:PORT or https://HOST:PORT."
  }

  validation {
    condition     = alltrue([for server in var.mlflow_servers : try(length(regexall("^arn:", server.uri)) == 0 || length(regexall("^arn:aws(-us-gov)?:sagemaker:[a-z0-9-]+:[0-9]{12}:(mlflow-tracking-server|mlflow-app)/[A-Za-z0-9-]+$", server.uri)) > 0, false)])
    error_message = "mlflow_servers must have the ARN of a SageMaker MLflow tracking server or app, for example arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/team."
  }

  validation {
    condition     = alltrue([for server in var.mlflow_servers : try(length(trimspace(server.experiment)) >= 1 && length(server.experiment) <= 500, false)])
    error_message = "mlflow_servers must have an experiment of 1 to 500 characters."
  }

  validation {
    condition     = alltrue([for server in var.mlflow_servers : can(regex("^[A-Z][A-Z0-9_]{0,60}$", server.environment_prefix))])
    error_message = "mlflow_servers must have capital letters, digits and underscores as environment_prefix: the start of the names of environment variables, not a password."
  }

  validation {
    condition     = length(distinct([for server in var.mlflow_servers : "${server.uri} ${server.experiment}"])) == length(var.mlflow_servers)
    error_message = "mlflow_servers must not name an experiment of a server twice."
  }
}

variable "register_model" {
  description = "Registered model of MLflow that each validated run adds a version to, on every server of mlflow_servers. Null: none."
  type = object({
    name = string
  })
  default = null

  validation {
    condition     = var.register_model == null ? true : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$", var.register_model.name))
    error_message = "register_model must have a name of 1 to 63 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = var.register_model == null ? true : length(var.mlflow_servers) > 0
    error_message = "register_model needs a server in mlflow_servers."
  }
}
