import Foundation
import Testing

/// What goes wrong is one line that says what, where and what to do, and nothing is left under the final name.
@Suite struct FailureTests {
    private let program: Program

    init() throws {
        program = try Program()
        try program.write("main;work 10\nmain;idle 5\n", to: "good.folded")
        try program.write("", to: "empty.folded")
        try program.write("# hearth sample-type: cpu nanoseconds\n", to: "none.folded")
        try program.write("# hearth sample-type: cpu nanoseconds\nmain 0\n", to: "zero.folded")
        try program.write("Dear diary,\ntoday it rained.\n", to: "diary.txt")
        try program.write("{\"shared\": {}, \"profiles\": []}\n", to: "bad.json")
        try program.write("nonsense\n", to: "nonsense.folded")
        try program.write("{\"shared\": {}\n", to: "half.json")
        try program.write("\t  401136 main+0x16\n\t  401200 _start+0x20\n\n", to: "frames.perf")
        try program.write("# hearth differential: base, new; samples count\nmain 1 2\n", to: "diff.folded")
    }

    private static let cases: [(command: String, code: Int32, errors: String)] = [
        (
            "top missing.pb.gz", 1,
            "cannot read missing.pb.gz: No such file or directory; check the path and its permissions"
        ),
        ("flamegraph . -o x.svg", 1, "cannot read .: Is a directory; name a file in it"),
        ("top /proc/self/mem", 1, "cannot read /proc/self/mem: Input/output error"),
        ("top empty.folded", 1, "cannot read empty.folded: it is empty; was the profile written to the end?"),
        (
            "top diary.txt", 1,
            "cannot read diary.txt: no known profile format; it should be collapsed stacks, pprof, speedscope JSON or perf "
                + "script text; say which it is with --input-format if it is one of these all the same"
        ),
        (
            "top nonsense.folded", 1,
            "cannot read nonsense.folded: no line is of the format collapsed, the first is line 1: nonsense; if it is another "
                + "format, say which with --input-format"
        ),
        (
            "top bad.json", 1,
            "cannot read bad.json: taken for speedscope JSON, but \"frames\" is missing at shared, byte 10; of JSON, hearth reads "
                + "the files of speedscope alone"
        ),
        (
            "top half.json", 1,
            "cannot read half.json: taken for speedscope JSON, but the file ends too early at byte 14; was it written to "
                + "the end?"
        ),
        (
            "top frames.perf", 1,
            "cannot read frames.perf: no line is of the format perf-script, the first is line 1: \\u{9}  401136 main+0x16; "
                + "print it without -F, or with -F comm,tid,time,event,period,ip,sym,dso"
        ),
        (
            "top diff.folded", 1,
            "cannot read diff.folded: it is the difference of two profiles, which is no profile; hearth diff reads the two "
                + "profiles that it was made from"
        ),
        ("flamegraph diff.folded -o x.svg", 1, "cannot read diff.folded: it is the difference of two profiles"),
        ("merge good.folded diff.folded -o x.folded", 1, "cannot read diff.folded: it is the difference of two"),
        ("convert diff.folded -o x.pb.gz", 1, "cannot read diff.folded: it is the difference of two profiles"),
        ("diff good.folded diff.folded -o x.svg", 1, "cannot read diff.folded: it is the difference of two profiles"),
        (
            "top good.folded --input-format pprof", 1,
            "cannot read good.folded: not a pprof profile: the profile is malformed at byte 5; copy or record it again, or "
                + "say with --input-format what else it is"
        ),
        ("top good.folded --sample-type cpu", 2, "good.folded has no sample type 'cpu'; it has: samples"),
        ("top good.folded --focus (", 2, "--focus '(' is no regular expression: expected ')'; see hearth top --help"),
        ("diff good.folded good.folded -o x.svg --hide [", 2, "--hide '[' is no regular expression"),
        ("top good.folded --where node", 2, "--where takes LABEL=VALUE, not 'node'; see hearth top --help"),
        ("top good.folded --where =x", 2, "--where takes LABEL=VALUE, not '=x'; see hearth top --help"),
        ("top good.folded --scale 0", 2, "The value '0' is invalid for '--scale <factor>'"),
        ("top good.folded --scale 1/0", 2, "The value '1/0' is invalid for '--scale <factor>'"),
        ("merge good.folded -o x.folded --scale=-2", 2, "The value '-2' is invalid for '--scale <factor>'"),
        ("top good.folded --scale nan", 2, "The value 'nan' is invalid for '--scale <factor>'"),
        (
            "convert good.folded -o x.pb.gz --split-by thread", 2,
            "--split-by is for speedscope: a pprof file holds one profile, which --group-by divides; see hearth convert"
        ),
        (
            "convert good.folded -o x.json --split-by thread", 2,
            "good.folded has no label 'thread'; there are no labels"
        ),
        ("top good.folded -n 0", 2, "-n takes a number from 1 up, not 0; see hearth top --help"),
        ("top good.folded --sort sideways", 2, "The value 'sideways' is invalid for '--sort <sort>'."),
        ("top", 2, "Missing expected argument '<profile> ...', or --store <folder>; see hearth top --help"),
        ("fly", 2, "Unexpected argument 'fly'; see hearth --help"),
        ("top - -", 2, "standard input can be read once only; name - once"),
        (
            "diff good.folded", 2,
            "name two profiles, BASE and NEW, or some after --base and some after --new; see hearth diff"
        ),
        (
            "diff good.folded good.folded", 2,
            "where to and as what? give -o FILE (.svg, .html, .folded, .json), or --format for standard output; see hearth "
                + "diff --help"
        ),
        (
            "merge good.folded", 2,
            "where to and as what? give -o FILE (.folded, .pb.gz, .speedscope.json), or --format for standard output; see "
                + "hearth merge --help"
        ),
        ("convert good.folded -o -", 2, "where to and as what? give -o FILE"),
        (
            "flamegraph good.folded --group-by nodee", 2,
            "good.folded has no label 'nodee'; there are no labels"
        ),
        ("diff good.folded good.folded -o x.svg --group-by nodee", 2, "neither side has a label 'nodee'; "),
        ("top good.folded --where a=b", 1, "nothing is left of good.folded after --where a=b; there are no labels"),
        ("top good.folded --focus absent", 1, "nothing is left of good.folded after --focus 'absent'"),
        ("top good.folded --hide .", 1, "nothing is left of good.folded after --hide '.'"),
        ("flamegraph good.folded -o x.svg --hide .*", 1, "nothing is left of good.folded after --hide '.*'"),
        ("diff good.folded good.folded -o x.svg --hide .", 1, "nothing is left of both sides after --hide '.'"),
        (
            "diff good.folded none.folded -o x.svg", 1,
            "good.folded and none.folded have no sample type in common; one has samples, the other cpu"
        ),
        (
            "flamegraph good.folded -o x.png", 2,
            "cannot write a flame graph as 'x.png': use .svg, .html, or --format; see hearth flamegraph --help"
        ),
        ("flamegraph good.folded -o x.svg --width 10", 2, "--width takes 320 to 100000, not 10"),
        ("flamegraph good.folded -o x.svg --min-width wide", 2, "The value 'wide' is invalid for '--min-width"),
        (
            "merge good.folded -o x.txt", 2,
            "cannot write a profile as 'x.txt': use .folded, .pb.gz, .speedscope.json, or --format; see hearth merge --help"
        ),
        (
            "convert good.folded -o x.perf", 2,
            "perf-script can be read but not written: use collapsed, pprof, speedscope; see hearth convert --help"
        ),
    ]

    /// Failures of what was read well.
    private static let lateCases: [(command: String, errors: String)] = [
        ("top none.folded", "none.folded holds no samples; record for longer, or under load"),
        ("flamegraph none.folded -o x.svg", "none.folded holds no samples; record for longer, or under load"),
        (
            "flamegraph zero.folded -o x.svg",
            "zero.folded holds no value above 0 of sample type cpu; choose another by --sample-type: cpu"
        ),
        (
            "diff good.folded good.folded -o x.svg --focus absent",
            "nothing is left of both sides after --focus 'absent'"
        ),
        ("flamegraph good.folded -o /dev/full", "cannot write /dev/full: No space left on device"),
        ("flamegraph good.folded -o none/x.svg", "cannot create none/x.svg: No such file or directory"),
        ("convert good.folded -o none/x.folded", "cannot create none/x.folded: No such file or directory"),
        ("convert good.folded --format collapsed -o /dev/full", "cannot write /dev/full: No space left on device"),
    ]

    private func check(_ command: String) throws -> Program.Outcome {
        let words = command.split(separator: " ").map(String.init)
        let before = program.files
        let outcome = try program.run(words)
        #expect(program.files == before, "\(command) left a file")
        #expect(outcome.output.isEmpty)
        return outcome
    }

    @Test(arguments: cases.indices) func early(index: Int) throws {
        defer { program.remove() }
        let (command, code, errors) = Self.cases[index]
        let outcome = try check(command)
        #expect(outcome.code == code, "\(command)")
        #expect(outcome.errors.hasPrefix("hearth: \(errors)"), "\(command)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: lateCases.indices) func late(index: Int) throws {
        defer { program.remove() }
        let (command, errors) = Self.lateCases[index]
        let outcome = try check(command)
        #expect(outcome.code == 1, "\(command)")
        #expect(outcome.errors == "hearth: \(errors)\n", "\(command)")
    }

    @Test func aFileThatMayNotBeReadIsNamed() throws {
        defer { program.remove() }
        let path = program.folder.appendingPathComponent("secret.folded").path
        try program.write("main 1\n", to: "secret.folded")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        let outcome = try program.run("top", "secret.folded")
        if FileManager.default.isReadableFile(atPath: path) {
            #expect(outcome.code == 0, "root reads everything")
        } else {
            #expect(outcome.code == 1)
            #expect(
                outcome.errors
                    == "hearth: cannot read secret.folded: Permission denied; check the path and its permissions\n")
        }
    }
}
