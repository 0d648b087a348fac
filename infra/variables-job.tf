variable "enable_training_job" {
  description = "Whether the training job may be submitted, by training_job_submitter. False: everything is planned, priced and created, but nothing is launched."
  type        = bool
  default     = false
  nullable    = false
}

variable "training_job_submitter" {
  description = "Who submits the job when enable_training_job is true. terraform: apply uploads program and data, creates the job, and waits until it has ended. pipeline: ./build.sh does, after price and approval; it sets this variable itself."
  type        = string
  default     = "terraform"
  nullable    = false

  validation {
    condition     = contains(["terraform", "pipeline"], var.training_job_submitter)
    error_message = "training_job_submitter must be terraform or pipeline."
  }
}

variable "training_job_attempt" {
  description = "Raise it by one to run the same job again with Terraform, for example after it failed; it resumes from the newest checkpoint. The pipeline counts its attempts itself."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.training_job_attempt >= 1 && var.training_job_attempt <= 99 && floor(var.training_job_attempt) == var.training_job_attempt
    error_message = "training_job_attempt must be a whole number from 1 to 99."
  }
}

variable "training_image_uri" {
  description = "Container image of the training program, with a tag or digest, up to 255 characters. Preferably a private ECR image pinned by digest. In the sandbox: sandbox/builtin, sandbox/python or sandbox/pytorch."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.training_image_uri) <= 255
    error_message = "training_image_uri must have at most 255 characters."
  }

  validation {
    condition     = can(regex("^sandbox/[a-z0-9._-]+$", var.training_image_uri)) || (can(regex("^[^\\s@]+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$", var.training_image_uri)) && !endswith(var.training_image_uri, ":latest"))
    error_message = "training_image_uri must name an image with a tag other than latest or with a digest, so the image that was approved is the one that runs."
  }
}

variable "training_source_dir" {
  description = "Folder with the training program, channel code: relative to the repository, or absolute, and it may be outside the repository. Only its files are uploaded."
  type        = string
  default     = "training"
  nullable    = false

  validation {
    condition     = length(var.training_source_dir) <= 1024 && can(regex("^[^[:cntrl:]]+$", var.training_source_dir))
    error_message = "training_source_dir must be a folder, of at most 1024 characters."
  }
}

variable "entrypoint" {
  description = "Command that the container runs instead of the image's, one argument per element: at most 100 of up to 256 characters, without line breaks. No secrets. Empty: the image's command."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.entrypoint) <= 100 && alltrue([for argument in var.entrypoint : argument == null ? false : can(regex("^[^\r\n]{1,256}$", argument))])
    error_message = "entrypoint must hold at most 100 arguments of 1 to 256 characters without line breaks; put a longer script into the folder training/."
  }
}

variable "max_runtime_seconds" {
  description = "Maximum runtime of the job in seconds, 60 to 2419200 (28 days); then AWS stops it. Together with the on-demand price it limits what a job can cost. The pipeline may lower it to the approved amount."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.max_runtime_seconds >= 60 && var.max_runtime_seconds <= 2419200 && floor(var.max_runtime_seconds) == var.max_runtime_seconds
    error_message = "max_runtime_seconds must be a whole number from 60 to 2419200 (28 days)."
  }
}

variable "use_spot_instances" {
  description = "Whether to train on spot capacity: far cheaper, but the job is interrupted whenever AWS takes the capacity back, and resumes from its newest checkpoint."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_wait_seconds" {
  description = "Seconds from submission after which AWS stops a spot job, waiting for capacity and running together. At least max_runtime_seconds. Null: twice max_runtime_seconds with spot. Must be null without spot."
  type        = number
  default     = null

  validation {
    condition     = var.max_wait_seconds == null || try(var.max_wait_seconds >= var.max_runtime_seconds && var.max_wait_seconds <= 31536000 && floor(var.max_wait_seconds) == var.max_wait_seconds, false)
    error_message = "max_wait_seconds must be a whole number of at least max_runtime_seconds and at most 31536000 (a year), because it counts waiting and running together."
  }

  validation {
    condition     = var.max_wait_seconds == null || var.use_spot_instances
    error_message = "max_wait_seconds must be null when use_spot_instances is false, because SageMaker accepts a waiting time for spot jobs only."
  }
}

variable "max_retry_attempts" {
  description = "How often AWS starts the job again after an internal error of its own, 1 to 30; it resumes from the newest checkpoint. All attempts share max_runtime_seconds and max_wait_seconds, so the ceiling stays the same. Null: such an error ends the job."
  type        = number
  default     = null

  validation {
    condition     = var.max_retry_attempts == null ? true : var.max_retry_attempts >= 1 && var.max_retry_attempts <= 30 && floor(var.max_retry_attempts) == var.max_retry_attempts
    error_message = "max_retry_attempts must be a whole number from 1 to 30, or null for no retries."
  }
}

variable "enable_infra_check" {
  description = "Whether AWS checks the nodes' hardware and network before training. It delays each start; AWS does not say by how much."
  type        = bool
  default     = false
  nullable    = false
}

variable "deadline_hours" {
  description = "Deadline for the training, in hours from submission. The pipeline moves a spot job to on-demand when needed to meet it, within the approved cost. null sets no deadline."
  type        = number
  default     = null

  validation {
    condition     = var.deadline_hours == null ? true : var.deadline_hours >= 0.01 && var.deadline_hours <= 1000
    error_message = "deadline_hours must be from 0.01 to 1000, or null for no deadline."
  }
}

variable "expected_runtime_seconds" {
  description = "Expected training time in seconds without interruptions. With a deadline, it decides how long to wait for spot until the run has measured it. null uses max_runtime_seconds for that, and three quarters of it for the expected cost."
  type        = number
  default     = null

  validation {
    condition     = var.expected_runtime_seconds == null ? true : var.expected_runtime_seconds > 0 && var.expected_runtime_seconds <= 2419200 && floor(var.expected_runtime_seconds) == var.expected_runtime_seconds
    error_message = "expected_runtime_seconds must be a whole number from 1 to 2419200 (28 days), or null."
  }
}

variable "checkpoint_interval_seconds" {
  description = "Seconds between two checkpoints: the work that an interruption may lose. null is auto: the pipeline chooses from the time that a checkpoint takes and the expected time between interruptions, and the program adjusts it at each restart. 0 writes none, which spot does not allow."
  type        = number
  default     = null

  validation {
    condition     = var.checkpoint_interval_seconds == null ? true : var.checkpoint_interval_seconds >= 0 && floor(var.checkpoint_interval_seconds) == var.checkpoint_interval_seconds
    error_message = "checkpoint_interval_seconds must be a whole number of 0 or more, or null for auto."
  }

  validation {
    condition     = var.checkpoint_interval_seconds == null ? true : var.checkpoint_interval_seconds > 0 || !var.use_spot_instances
    error_message = "checkpoint_interval_seconds must be greater than 0 when use_spot_instances is true, because an interrupted job would start from zero."
  }

  validation {
    condition     = var.checkpoint_interval_seconds == null ? true : var.checkpoint_interval_seconds < var.max_runtime_seconds
    error_message = "checkpoint_interval_seconds must be less than max_runtime_seconds, or the job ends before its first checkpoint."
  }
}

variable "checkpoint_size_gb" {
  description = "Size of one checkpoint in GB, all nodes together, to estimate storage and the time that a checkpoint takes."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.checkpoint_size_gb >= 0 && var.checkpoint_size_gb <= 1000000
    error_message = "checkpoint_size_gb must be from 0 to 1000000."
  }

  validation {
    condition     = var.checkpoint_size_gb > 0 || var.checkpoint_interval_seconds != null
    error_message = "checkpoint_size_gb must be greater than 0 when checkpoint_interval_seconds is null, because the interval is chosen from the time that a checkpoint takes."
  }
}

variable "hyperparameters" {
  description = "Hyperparameters of the training program, at most 97 entries, values of up to 2500 characters without line breaks. They are shown in the console and in every report: no secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.hyperparameters) <= 97
    error_message = "hyperparameters must have at most 97 entries, because SageMaker takes 100 and the pipeline adds up to 3."
  }

  validation {
    condition     = alltrue([for name, value in var.hyperparameters : value == null ? false : can(regex("^[^\r\n]{1,256}$", name)) && length(value) <= 2500 && !can(regex("[\r\n]", value))])
    error_message = "hyperparameters must have names of 1 to 256 characters and values of at most 2500 characters, without line breaks, none of them null."
  }
}

variable "environment_variables" {
  description = "Environment of the training program, at most 94 entries, values up to 512 characters; names that start with PIPELINE_ are the pipeline's own. They are shown in the console: no secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.environment_variables) <= 94
    error_message = "environment_variables must have at most 94 entries, because SageMaker takes 100 and the pipeline adds up to 6."
  }

  validation {
    condition     = alltrue([for name, value in var.environment_variables : value == null ? false : can(regex("^[a-zA-Z_][a-zA-Z0-9_]{0,511}$", name)) && length(value) <= 512])
    error_message = "environment_variables must have names of letters, digits and underscores that start with no digit, and values of at most 512 characters, none of them null."
  }

  validation {
    condition     = alltrue([for name in keys(var.environment_variables) : !startswith(name, "PIPELINE_") && name != "CHECKPOINT_INTERVAL_REASON"])
    error_message = "environment_variables must not set CHECKPOINT_INTERVAL_REASON or names that start with PIPELINE_, because the pipeline sets them."
  }
}

variable "training_data_uri" {
  description = "What to train on: s3://BUCKET/PREFIX in the job's region, or a folder of this repository such as docs, which the pipeline uploads to the artifact bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex(local.data_uri_pattern, var.training_data_uri))
    error_message = "training_data_uri must be s3://BUCKET/PREFIX or a folder relative to the repository, for example docs."
  }

  validation {
    condition     = !contains(split("/", var.training_data_uri), "..") && length(var.training_data_uri) <= 1024
    error_message = "training_data_uri must not contain .. and have at most 1024 characters, because data comes from S3 or from inside the repository only."
  }

  validation {
    condition     = !strcontains(trimprefix(var.training_data_uri, "s3://"), "//") && !strcontains(var.training_data_uri, "$${")
    error_message = "training_data_uri must not contain // or $${, because SageMaker cannot turn such a key into a file and IAM would read a variable."
  }
}

variable "validation_data_uri" {
  description = "What the finished model is validated on, channel validation: s3://BUCKET/PREFIX or a folder of this repository. Null: the program holds out part of the training data."
  type        = string
  default     = null

  validation {
    condition     = var.validation_data_uri == null || can(regex(local.data_uri_pattern, var.validation_data_uri))
    error_message = "validation_data_uri must be s3://BUCKET/PREFIX, a folder relative to the repository, or null."
  }

  validation {
    condition     = var.validation_data_uri == null ? true : !contains(split("/", var.validation_data_uri), "..") && length(var.validation_data_uri) <= 1024
    error_message = "validation_data_uri must not contain .. and have at most 1024 characters, because data comes from S3 or from inside the repository only."
  }

  validation {
    condition     = var.validation_data_uri == null ? true : !strcontains(trimprefix(var.validation_data_uri, "s3://"), "//") && !strcontains(var.validation_data_uri, "$${")
    error_message = "validation_data_uri must not contain // or $${, because SageMaker cannot turn such a key into a file and IAM would read a variable."
  }
}

variable "model_data_uri" {
  description = "Model that the training starts from, channel model: s3://BUCKET/PREFIX or a folder of this repository with a Hugging Face model directory. Null: the program starts from scratch."
  type        = string
  default     = null

  validation {
    condition     = var.model_data_uri == null || can(regex(local.data_uri_pattern, var.model_data_uri))
    error_message = "model_data_uri must be s3://BUCKET/PREFIX, a folder relative to the repository, or null."
  }

  validation {
    condition     = var.model_data_uri == null ? true : !contains(split("/", var.model_data_uri), "..") && length(var.model_data_uri) <= 1024
    error_message = "model_data_uri must not contain .. and have at most 1024 characters, because data comes from S3 or from inside the repository only."
  }

  validation {
    condition     = var.model_data_uri == null ? true : !strcontains(trimprefix(var.model_data_uri, "s3://"), "//") && !strcontains(var.model_data_uri, "$${")
    error_message = "model_data_uri must not contain // or $${, because SageMaker cannot turn such a key into a file and IAM would read a variable."
  }
}

variable "training_data_kms_key_arn" {
  description = "KMS key of the data in s3://, if any; the execution role may then decrypt with it. The key policy must allow that too."
  type        = string
  default     = null

  validation {
    condition     = var.training_data_kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.training_data_kms_key_arn))
    error_message = "training_data_kms_key_arn must be the ARN of a KMS key (not of an alias)."
  }

  validation {
    condition     = var.training_data_kms_key_arn == null || length(local.data_locations) > 0
    error_message = "training_data_kms_key_arn is only for data in S3, so training_data_uri, validation_data_uri or model_data_uri must start with s3://."
  }
}

variable "metric_definitions" {
  description = "How SageMaker reads metrics from the log: at most 40 names, each with a regular expression whose first group is the value."
  type = list(object({
    name  = string
    regex = string
  }))
  default = [
    { name = "train:loss", regex = "train:loss=([-+0-9.eE]+)" },
    { name = "validation:loss", regex = "validation:loss=([-+0-9.eE]+)" },
    { name = "tokens_per_second", regex = "tokens_per_second=([-+0-9.eE]+)" },
  ]
  nullable = false

  validation {
    condition     = length(var.metric_definitions) <= 40 && length(distinct(var.metric_definitions[*].name)) == length(var.metric_definitions)
    error_message = "metric_definitions must hold at most 40 metrics with different names."
  }

  validation {
    condition     = alltrue([for metric in var.metric_definitions : length(metric.name) >= 1 && length(metric.name) <= 255 && length(metric.regex) <= 500 && strcontains(metric.regex, "(")])
    error_message = "metric_definitions must have names of 1 to 255 characters and regular expressions of at most 500 characters with a group that captures the value."
  }
}

variable "final_metric" {
  description = "Metric that the finished training is validated by, with its bounds; null means no bound. A value outside fails the run, whatever status SageMaker reports."
  type = object({
    name = string
    min  = optional(number)
    max  = optional(number)
  })
  default  = { name = "validation:loss" }
  nullable = false

  validation {
    condition     = contains(var.metric_definitions[*].name, var.final_metric.name)
    error_message = "final_metric must name one of metric_definitions."
  }

  validation {
    condition     = alltrue([for bound in [var.final_metric.min, var.final_metric.max] : bound == null ? true : bound >= -1e300 && bound <= 1e300])
    error_message = "final_metric must have a min and a max from -1e300 to 1e300, or null."
  }

  validation {
    condition     = try(var.final_metric.min <= var.final_metric.max, true)
    error_message = "final_metric must have a min that is not greater than its max."
  }
}

variable "max_run_cost_usd" {
  description = "The most that one run may cost, in US dollars, at on-demand prices in the worst case. A run that could cost more is refused before anything is created."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_run_cost_usd >= 0.01 && var.max_run_cost_usd <= 1000000000
    error_message = "max_run_cost_usd must be from 0.01 to 1000000000."
  }
}

variable "enable_network_isolation" {
  description = "Whether the training program can reach only the other nodes over the network. SageMaker still transfers data, checkpoints and model. Set false only for a program that calls AWS or an endpoint itself."
  type        = bool
  default     = true
  nullable    = false
}

variable "encrypt_inter_container_traffic" {
  description = "Whether SageMaker encrypts the traffic between nodes. Slows distributed training and so raises its price; it does not cover EFA."
  type        = bool
  default     = false
  nullable    = false
}
