using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>Policy documents as text: an approval binds their digest, so each character counts.</summary>
public sealed class PolicyDocumentTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [SkippableFact]
    public async Task Given_a_policy_document_When_rendered_Then_it_reads_as_the_real_provider_writes_it()
    {
        var json = await RenderAsync("""
            data "aws_iam_policy_document" "main" {
              policy_id = "example"

              statement {
                sid       = "ReadWrite"
                actions   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
                resources = ["arn:aws:s3:::b/home/&{aws:username}/*"]

                principals {
                  type        = "Service"
                  identifiers = ["sagemaker.amazonaws.com"]
                }

                principals {
                  type        = "AWS"
                  identifiers = ["arn:aws:iam::000000000000:root", "arn:aws:iam::000000000000:role/a"]
                }

                condition {
                  test     = "StringLike"
                  variable = "aws:PrincipalTag/<team>"
                  values   = ["b", "a"]
                }

                condition {
                  test     = "Bool"
                  variable = "aws:SecureTransport"
                  values   = ["true"]
                }
              }

              statement {
                effect      = "Deny"
                not_actions = ["iam:*"]
                resources   = ["*"]

                not_principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }
            """);

        Assert.Equal(
            """
            {
              "Version": "2012-10-17",
              "Id": "example",
              "Statement": [
                {
                  "Sid": "ReadWrite",
                  "Effect": "Allow",
                  "Action": [
                    "s3:PutObject",
                    "s3:GetObject",
                    "s3:AbortMultipartUpload"
                  ],
                  "Resource": "arn:aws:s3:::b/home/${aws:username}/*",
                  "Principal": {
                    "AWS": [
                      "arn:aws:iam::000000000000:root",
                      "arn:aws:iam::000000000000:role/a"
                    ],
                    "Service": "sagemaker.amazonaws.com"
                  },
                  "Condition": {
                    "Bool": {
                      "aws:SecureTransport": "true"
                    },
                    "StringLike": {
                      "aws:PrincipalTag/\u003cteam\u003e": [
                        "b",
                        "a"
                      ]
                    }
                  }
                },
                {
                  "Effect": "Deny",
                  "NotAction": "iam:*",
                  "Resource": "*",
                  "NotPrincipal": "*"
                }
              ]
            }
            """, json);
    }

    [SkippableFact]
    public async Task Given_documents_to_put_together_When_rendered_Then_overriding_statements_replace_their_namesakes()
    {
        var json = await RenderAsync("""
            data "aws_iam_policy_document" "base" {
              statement {
                sid       = "A"
                actions   = ["a:*"]
                resources = ["*"]
              }
            }

            data "aws_iam_policy_document" "stricter" {
              statement {
                sid       = "B"
                effect    = "Deny"
                actions   = ["b:*"]
                resources = ["*"]
              }
            }

            data "aws_iam_policy_document" "main" {
              source_policy_documents   = [data.aws_iam_policy_document.base.json]
              override_policy_documents = [data.aws_iam_policy_document.stricter.json]

              statement {
                sid       = "B"
                actions   = ["b:Get"]
                resources = ["*"]
              }
            }
            """, "minified_json");

        Assert.Equal(
            """{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":"a:*","Resource":"*"},{"Sid":"B","Effect":"Deny","Action":"b:*","Resource":"*"}]}""",
            json);
    }

    private async Task<string> RenderAsync(string configuration, string attribute = "json")
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, $$"""
            {{configuration}}

            output "json" {
              value = data.aws_iam_policy_document.main.{{attribute}}
            }
            """);
        await terraform.ApplyAsync();
        return (await terraform.OutputAsync("json")).GetString()!;
    }
}
