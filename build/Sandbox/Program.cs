using BuildPipeline.Sandbox.Hosting;

return await SandboxHost.RunAsync(args);
