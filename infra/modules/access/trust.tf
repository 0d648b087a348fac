locals {
  trust = { for role in keys(local.roles) : role => jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      var.github_trust[role],
      [for principals in [var.principals[role]] : {
        Sid       = "People"
        Effect    = "Allow"
        Principal = { AWS = principals }
        Action    = ["sts:AssumeRole"]
      } if length(principals) > 0],
      # A session can have this team and environment as tags, or none: then it has those of the role, which are the same.
      [for principals in [var.principals[role]] : {
        Sid       = "WithTheTagsOfTheRole"
        Effect    = "Allow"
        Principal = { AWS = principals }
        Action    = ["sts:TagSession"]
        Condition = {
          StringEquals                = local.request_tags
          "ForAllValues:StringEquals" = { "aws:TagKeys" = keys(local.tags) }
        }
      } if length(principals) > 0],
    )
  }) }
}
