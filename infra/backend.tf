# The location of the state depends on the environment: bucket, key and region come from
# `terraform init -backend-config=environments/NAME.s3.tfbackend`. Without that option, init asks for them.
# For a first look without a state bucket see infra/README.md.
terraform {
  backend "s3" {
    use_lockfile = true
  }
}
