using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>The rule of a composite alarm.</summary>
internal abstract partial record AlarmRule
{
    private const int MostElements = 500;
    private const int MostAlarms = 100;

    /// <summary>The names or ARNs of the alarms that the rule refers to, each once.</summary>
    public IReadOnlyList<string> Alarms => [.. References.Distinct(StringComparer.Ordinal)];

    /// <summary>True where the rule holds.</summary>
    /// <param name="stateOf">The state of an alarm by its name or ARN; null if there is none.</param>
    public abstract bool Holds(Func<string, AlarmState?> stateOf);

    protected abstract IEnumerable<string> References { get; }

    /// <exception cref="FormatException">The text is not a rule; the message says where.</exception>
    public static AlarmRule Parse(string text)
    {
        var tokens = TokenPattern().Matches(text).Select(match => match.Value).ToArray();
        var parser = new Parser(tokens);
        var rule = parser.Whole();
        return tokens.Count(token => token is not ("AND" or "OR" or "NOT")) > MostElements ? throw new FormatException($"it has more than {MostElements} elements")
            : rule.Alarms.Count > MostAlarms ? throw new FormatException($"it refers to more than {MostAlarms} alarms")
            : rule;
    }

    // A function with the alarm in it, quoted or not, is one token; so is whatever fits nothing else.
    [GeneratedRegex(@"(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:""(?:[^""\\]|\\.)*""|'[^']*'|[^()""']+?)\s*\)|\(|\)|[^\s()]+")]
    private static partial Regex TokenPattern();

    [GeneratedRegex(@"\A(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:""((?:[^""\\]|\\.)*)""|'([^']*)'|([^()""']+?))\s*\)\z")]
    private static partial Regex FunctionPattern();

    private sealed record Constant(bool Value) : AlarmRule
    {
        protected override IEnumerable<string> References => [];

        public override bool Holds(Func<string, AlarmState?> stateOf) => Value;
    }

    private sealed record InState(string Alarm, AlarmState State) : AlarmRule
    {
        protected override IEnumerable<string> References => [Alarm];

        public override bool Holds(Func<string, AlarmState?> stateOf) => stateOf(Alarm) == State;
    }

    private sealed record Negation(AlarmRule Of) : AlarmRule
    {
        protected override IEnumerable<string> References => Of.References;

        public override bool Holds(Func<string, AlarmState?> stateOf) => !Of.Holds(stateOf);
    }

    private sealed record Joined(bool IsAnd, AlarmRule Left, AlarmRule Right) : AlarmRule
    {
        protected override IEnumerable<string> References => Left.References.Concat(Right.References);

        public override bool Holds(Func<string, AlarmState?> stateOf) =>
            IsAnd ? Left.Holds(stateOf) && Right.Holds(stateOf) : Left.Holds(stateOf) || Right.Holds(stateOf);
    }

    /// <summary>Reads tokens from left to right: NOT binds closest, then AND, then OR.</summary>
    private sealed class Parser(IReadOnlyList<string> tokens)
    {
        private int _next;

        private string Next => _next < tokens.Count ? tokens[_next] : "the end";

        public AlarmRule Whole()
        {
            var rule = Either();
            return _next == tokens.Count ? rule : throw Unexpected("AND, OR or the end");
        }

        private AlarmRule Either()
        {
            var rule = Both();
            while (Take("OR"))
            {
                rule = new Joined(IsAnd: false, rule, Both());
            }

            return rule;
        }

        private AlarmRule Both()
        {
            var rule = Single();
            while (Take("AND"))
            {
                rule = new Joined(IsAnd: true, rule, Single());
            }

            return rule;
        }

        private AlarmRule Single()
        {
            if (Take("NOT"))
            {
                return new Negation(Single());
            }

            if (Take("("))
            {
                var inner = Either();
                return Take(")") ? inner : throw Unexpected("AND, OR or )");
            }

            return Take("TRUE") ? new Constant(true) : Take("FALSE") ? new Constant(false) : Function();
        }

        private InState Function()
        {
            if (_next == tokens.Count || FunctionPattern().Match(tokens[_next]) is not { Success: true } match)
            {
                throw Unexpected("ALARM(NAME), OK(NAME), INSUFFICIENT_DATA(NAME), TRUE, FALSE, NOT or (");
            }

            _next++;
            var name = match.Groups.Values.Skip(2).First(group => group.Success).Value;
            return new InState(name.Replace("\\\"", "\"", StringComparison.Ordinal), Enum.Parse<AlarmState>(match.Groups[1].Value));
        }

        private bool Take(string token)
        {
            var isNext = _next < tokens.Count && tokens[_next] == token;
            _next += isNext ? 1 : 0;
            return isNext;
        }

        private FormatException Unexpected(string expected) => new($"{expected} is expected where '{Next}' is");
    }
}
