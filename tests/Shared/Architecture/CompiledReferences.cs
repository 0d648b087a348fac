using System.Reflection;
using System.Reflection.Emit;

namespace BuildPipeline.Architecture;

/// <summary>Which types a compiled type refers to: in its bases, signatures, attributes and method bodies.</summary>
/// <remarks>Constants are compiled in, so no reference to their type is left; <see cref="FolderGraph"/> reads the sources' usings for them.</remarks>
internal static class CompiledReferences
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Each pair once. Nested types, and what the compiler makes of lambdas and async methods, count as their outermost type.</summary>
    public static IReadOnlySet<(Type From, Type To)> Of(Assembly assembly) => assembly.GetTypes()
        .SelectMany(type => ReferencesOf(type).SelectMany(Parts).Select(part => (Outermost(type), Outermost(part))))
        .Where(pair => pair.Item1 != pair.Item2 && pair.Item2.Assembly == assembly)
        .ToHashSet();

    /// <summary>The methods, accessors and fields that the bodies of a type's own methods name, by declaring type and name.</summary>
    public static IEnumerable<(string? Type, string Name)> MembersUsedBy(Type type) =>
        from method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared))
        from token in TokensOf(method)
        let member = Member(method, token)
        where member is not Type and not null && member.DeclaringType is not null
        select (Generic(member.DeclaringType!).FullName, member.Name);

    private static Type Generic(Type type) => type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;

    public static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Type?> ReferencesOf(Type type) =>
    [
        type.BaseType,
        .. type.GetInterfaces(),
        .. type.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints()),
        .. AttributesOf(type),
        .. type.GetFields(Declared).Select(field => field.FieldType),
        .. type.GetMembers(Declared).Where(member => member is not Type).SelectMany(AttributesOf),
        .. type.GetMethods(Declared).SelectMany(MethodTypes),
        .. type.GetConstructors(Declared).SelectMany(MethodTypes),
    ];

    private static IEnumerable<Type?> MethodTypes(MethodBase method) => [.. SignatureOf(method), .. BodyOf(method)];

    private static IEnumerable<Type?> SignatureOf(MethodBase method) =>
    [
        method.DeclaringType,
        (method as MethodInfo)?.ReturnType,
        .. method.GetParameters().Select(parameter => parameter.ParameterType),
        .. method.IsGenericMethod ? method.GetGenericArguments() : [],
        .. method.IsGenericMethodDefinition ? method.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints()) : [],
    ];

    private static IEnumerable<Type?> AttributesOf(MemberInfo member) => member.GetCustomAttributesData().SelectMany(attribute =>
        attribute.ConstructorArguments.Select(argument => argument.Value as Type).Append(attribute.AttributeType));

    private static IEnumerable<Type?> BodyOf(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            return [];
        }

        var catches = body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause).Select(clause => clause.CatchType);
        return [.. body.LocalVariables.Select(local => local.LocalType), .. catches, .. TokensOf(method).SelectMany(token => Resolve(method, token))];
    }

    private static IEnumerable<int> TokensOf(MethodBase method) => method.GetMethodBody()?.GetILAsByteArray() is { } code ? TokensIn(code) : [];

    private static IEnumerable<int> TokensIn(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            var operation = OpCodesByValue[value];
            at += operation.Size;
            switch (operation.OperandType)
            {
                case OperandType.InlineType or OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok:
                    yield return BitConverter.ToInt32(code, at);
                    at += 4;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + (4 * BitConverter.ToInt32(code, at));
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    at += 1;
                    break;
                case OperandType.InlineVar:
                    at += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    at += 8;
                    break;
                default:
                    at += 4;
                    break;
            }
        }
    }

    private static IEnumerable<Type?> Resolve(MethodBase method, int token) => Member(method, token) switch
    {
        Type type => [type],
        MethodBase called => SignatureOf(called),
        FieldInfo field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

    private static MemberInfo? Member(MethodBase method, int token) => method.Module.ResolveMember(
        token, method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : []);

    private static IEnumerable<Type> Parts(Type? type) => type switch
    {
        null or { IsGenericParameter: true } => [],
        { HasElementType: true } => Parts(type.GetElementType()),
        { IsFunctionPointer: true } => [],
        { IsConstructedGenericType: true } => type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()),
        _ => [type],
    };
}
