variable "secret_environment" {
  description = "Secrets of the training program, by the environment variable that it reads: ssm:NAME, a parameter of Parameter Store, or the ARN of a secret in Secrets Manager, in the job's region. The node reads them under the execution role. Plan, state, record and logs have these names, never a value."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.secret_environment) : can(regex("^[A-Za-z_][A-Za-z0-9_]{0,199}$", name)) && !can(regex("^((AWS|FI|GLOO|LD|MASTER|NCCL|PIPELINE|SAGEMAKER|SM|TORCHELASTIC|TRAIN|TRAINING)_.*|PYTHON.*|CHECKPOINT_INTERVAL_REASON|CUDA_VISIBLE_DEVICES|HOME|(LOCAL_)?RANK|(LOCAL_)?WORLD_SIZE|PATH)$", upper(name)))])
    error_message = "secret_environment must have names of environment variables, and none that SageMaker, the launcher or Python sets or reads: AWS_*, FI_*, GLOO_*, LD_*, MASTER_*, NCCL_*, PIPELINE_*, SAGEMAKER_*, SM_*, TORCHELASTIC_*, TRAIN_*, TRAINING_*, PYTHON*, CHECKPOINT_INTERVAL_REASON, CUDA_VISIBLE_DEVICES, HOME, PATH, RANK, WORLD_SIZE."
  }

  validation {
    condition     = length(setintersection(keys(var.secret_environment), keys(var.environment_variables))) == 0 && length(var.secret_environment) + length(var.environment_variables) <= 94
    error_message = "secret_environment must not name a variable of environment_variables, and both together must have at most 94 entries."
  }

  validation {
    condition     = alltrue([for reference in values(var.secret_environment) : reference == null ? false : length(reference) <= 512 && can(regex("^(ssm:([A-Za-z0-9_.-]+|(/[A-Za-z0-9_.-]+)+)|arn:aws[a-z-]*:secretsmanager:${var.region}:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+-[A-Za-z0-9]{6})$", reference))])
    error_message = "secret_environment must say where each secret is: ssm:NAME or ssm:/PATH/NAME, or the whole ARN of a secret in the job's region, with the six characters at its end."
  }

  validation {
    condition     = length(var.secret_environment) == 0 || !var.enable_network_isolation
    error_message = "secret_environment needs enable_network_isolation = false, because an isolated program cannot reach the service that keeps its secrets."
  }

  validation {
    condition     = alltrue([for reference in values(var.secret_environment) : length(var.existing_endpoint_security_group_ids) > 0 || contains(var.interface_endpoints, try(startswith(reference, "ssm:"), false) ? "ssm" : "secretsmanager")])
    error_message = "secret_environment needs a way to the service, which the private subnets lack: add ssm (for ssm:NAME) or secretsmanager (for ARNs) to interface_endpoints, where the cost gate prices it. Or use the endpoint of an existing VPC, with its security group in existing_endpoint_security_group_ids."
  }

  validation {
    condition     = length(var.secret_environment) == 0 || anytrue([for argument in var.entrypoint : try(endswith(argument, "/entrypoint.sh") || endswith(argument, "/secret_environment.py"), false)])
    error_message = "secret_environment needs an entrypoint that reads the secrets: [\"bash\", \"/opt/ml/input/data/code/entrypoint.sh\"], or one with /opt/ml/input/data/code/secret_environment.py before the program."
  }
}

variable "secret_kms_key_arn" {
  description = "KMS key of the secrets, if it is one of your own; the execution role may then decrypt with it through SSM and Secrets Manager. The key policy must allow that too. Null: the keys aws/ssm and aws/secretsmanager."
  type        = string
  default     = null

  validation {
    condition     = var.secret_kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.secret_kms_key_arn))
    error_message = "secret_kms_key_arn must be the ARN of a KMS key (not of an alias)."
  }

  validation {
    condition     = var.secret_kms_key_arn == null || try(split(":", var.secret_kms_key_arn)[3] == var.region, true)
    error_message = "secret_kms_key_arn must name a key in the region of the job, where its secrets are."
  }

  validation {
    condition     = var.secret_kms_key_arn == null || length(var.secret_environment) > 0
    error_message = "secret_kms_key_arn is only for secrets, so secret_environment must name one."
  }
}
