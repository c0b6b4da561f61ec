import Foundation
import HearthFormats
import HearthProfile
import Testing

/// `--thunks` and `--full-names`, on profiles that have names.
@Suite struct NameOptionTests {
    private let program: Program

    init() throws {
        program = try Program()
        var profile = Profile(sampleTypes: [.samples])
        let image = profile.intern(Image(path: "/usr/bin/shop"))
        let frames: [(String, String, Frame.Thunk?)] = [
            ("main", "main", nil), ("Pool.get()", "GRDB.Pool.get() -> A", nil),
            ("reabstraction thunk", "reabstraction thunk helper from () -> ()", .bare),
            ("Row.next()", "protocol witness for Swift.IteratorProtocol.next() -> A?", .namesake),
            ("Row.next()", "GRDB.Row.next() -> A?", nil),
        ]
        let ids = frames.enumerated().map { index, frame in
            let (short, full) = (profile.intern(frame.0), profile.intern(frame.1))
            return profile.intern(
                Frame(name: short, fullName: full, image: image, address: UInt64(index + 1), thunk: frame.2))
        }
        profile.add(Profile.Sample(stack: profile.stack(rootFirst: ids)), values: [9])
        try profile.write(to: program.folder.appendingPathComponent("p.pb.gz").path)
        // As perf prints it.
        try program.write(
            """
            shop 1/1 1.5: 250000 cpu-clock:
            \t1000 $s4shop3RowV4nextSiSgyF (/usr/bin/shop)
            \t2000 $s4shop3RowVStAASt4next7ElementQzSgyFTW (/usr/bin/shop)
            \t3000 $s4GRDB8DatabaseC7executeyyF (/usr/bin/shop)
            \t4000 main (/usr/bin/shop)

            """, to: "perf.txt")
    }

    private func folded(_ arguments: String..., input: String = "p.pb.gz") throws -> [String] {
        let outcome = try program.run(["convert", input, "--format", "collapsed", "-o", "-"] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    @Test func thunksAreHiddenUnlessAskedFor() throws {
        defer { program.remove() }
        #expect(try folded() == ["main;Pool.get();Row.next() 9"])
        #expect(
            try folded("--thunks") == ["main;Pool.get();reabstraction thunk;Row.next();Row.next() 9"])
    }

    @Test func wholeNamesOnDemand() throws {
        defer { program.remove() }
        #expect(try folded("--full-names") == ["main;GRDB.Pool.get() -> A;GRDB.Row.next() -> A? 9"])
        let all = try folded("--full-names", "--thunks")
        #expect(all.first?.contains("reabstraction thunk helper") == true)
        #expect(all.first?.contains("protocol witness for") == true)
    }

    /// A profile that goes through `merge` or `convert` loses nothing.
    @Test func storedProfilesKeepThunks() throws {
        defer { program.remove() }
        #expect(try program.run("merge", "p.pb.gz", "p.pb.gz", "-o", "sum.pb.gz").code == 0)
        #expect(try folded(input: "sum.pb.gz") == ["main;Pool.get();Row.next() 18"])
        #expect(try folded("--thunks", input: "sum.pb.gz").first?.contains("reabstraction thunk") == true)
    }

    @Test func theOtherCommandsHaveThem() throws {
        defer { program.remove() }
        func table(_ arguments: String...) throws -> String { try program.run(["top", "p.pb.gz"] + arguments).output }
        #expect(try !table().contains("reabstraction"))
        #expect(try table("--thunks").contains("reabstraction thunk"))
        #expect(try table("--full-names").contains("GRDB.Pool.get()"))
        let outcome = try program.run("flamegraph", "p.pb.gz", "-o", "p.svg", "--thunks")
        #expect(outcome.code == 0)
        #expect(try program.read("p.svg").contains("<title>reabstraction thunk ("))
        #expect(try program.run("flamegraph", "p.pb.gz", "-o", "p.svg").code == 0)
        #expect(try !program.read("p.svg").contains("<title>reabstraction thunk ("))
        #expect(try program.run("diff", "p.pb.gz", "p.pb.gz", "-o", "d.folded", "--thunks").code == 0)
        #expect(try program.read("d.folded").contains("reabstraction thunk"))
    }

    /// Mangled names of other tools get short forms; the module that is the program's own, by its file, is left out.
    @Test func mangledNamesOfPerf() throws {
        defer { program.remove() }
        #expect(try folded(input: "perf.txt") == ["main;GRDB.Database.execute();Row.next() 1"])
        #expect(try folded("--thunks", input: "perf.txt") == ["main;GRDB.Database.execute();Row.next();Row.next() 1"])
    }
}
