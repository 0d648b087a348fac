terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.45, < 7"
    }
  }
}

provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  s3_use_path_style           = true

  default_tags {
    tags = {
      team  = "tests"
      owner = "provider"
    }
  }
}
