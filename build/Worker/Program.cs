using BuildPipeline.Worker;

return await new TrainingProgram(TimeProvider.System, Console.Out, Console.Error).RunAsync(args);
