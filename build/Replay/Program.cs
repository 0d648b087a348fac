using BuildPipeline.Replay;
using Spectre.Console;

return ReplayProgram.Run(args, AnsiConsole.Console);
