locals {
  # Folders of the repository that the job reads: the program, and data that is not in S3 already.
  relative = merge({ code = trimsuffix(var.source_dir, "/") }, { for name, uri in var.channels : name => trimsuffix(uri, "/") if !startswith(uri, "s3://") })
  folders  = { for name, folder in local.relative : name => can(regex("^(/|[A-Za-z]:)", folder)) ? folder : "${var.repository_root}/${folder}" }

  # What the pipeline leaves out too: hidden files, and Python's caches.
  files = { for name, folder in local.folders : name => [
    for file in fileset(folder, "**") : file
    if !can(regex("(^|/)(\\.|__pycache__/)|\\.py[co]$", file))
  ] }

  hashes  = { for name, files in local.files : name => { for file in files : file => filesha256("${local.folders[name]}/${file}") } }
  digests = { for name, hashes in local.hashes : name => substr(sha256(jsonencode(hashes)), 0, 32) }

  # The pipeline's uploads are named by another digest, so neither deletes what the other uploaded.
  prefixes = { for name, digest in local.digests : name => "${name == "code" ? "bundles" : "data"}/terraform-${name}-${digest}/" }

  channels = merge(
    { for name, uri in var.channels : name => { uri = "${trimsuffix(uri, "/")}/" } if startswith(uri, "s3://") },
    { for name, prefix in local.prefixes : name => { uri = "s3://${var.artifact_bucket}/${prefix}" } },
  )

  uploads = merge([for name, files in local.files : { for file in files : "${name}/${file}" => {
    key    = "${local.prefixes[name]}${file}"
    source = "${local.folders[name]}/${file}"
    sha256 = local.hashes[name][file]
  } }]...)
}

resource "aws_s3_object" "files" {
  for_each = local.uploads

  bucket                 = var.artifact_bucket
  key                    = each.value.key
  source                 = each.value.source
  source_hash            = each.value.sha256
  server_side_encryption = "aws:kms"
  kms_key_id             = var.kms_key_arn

  # An object has at most 10 tags, and a configuration may have more.
  override_provider {
    default_tags {
      tags = {}
    }
  }
}
