using BuildPipeline.Sandbox.GitHub;
using BuildPipeline.Sandbox.S3;
using BuildPipeline.Sandbox.SageMaker;
using BuildPipeline.Sandbox.Terraform;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddS3().AddSageMaker().AddTerraform().AddGitHub();
var app = builder.Build();
app.MapS3().MapSageMaker().MapTerraform().MapGitHub();
await app.RunAsync();
