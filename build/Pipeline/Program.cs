using BuildPipeline.Hosting;
using Spectre.Console;

return EntryPoint.Run(args, AnsiConsole.Console);
