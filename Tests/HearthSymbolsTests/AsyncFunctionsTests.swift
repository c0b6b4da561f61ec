import HearthObjectFiles
import Testing

@Suite struct AsyncFunctionsTests {
    /// Entries and parts as the names that `nm` lists say, in the runtime's own async code and in this program.
    @Test(.enabled(if: Tool.isInstalled("nm")), arguments: ["libswift_Concurrency.so", nil])
    func rangesAreThoseThatTheNamesSay(library: String?) throws {
        guard let path = library.map(LoadedLibraries.path) ?? LoadedLibraries.program else { return }
        let object = try ObjectBytes(contentsOf: path)
        let file = try object.file()
        let functions = object.read { AsyncFunctions(file, in: $0) }
        let arguments = file.section(named: ".symtab") == nil ? ["-D", "--defined-only"] : ["--defined-only"]
        let lines = try #require(Tool("nm")).run(arguments + [path]).split(separator: "\n").map {
            $0.split(separator: " ")
        }
        let symbols = lines.filter { $0.count == 3 && $0[2].hasPrefix("$") }.map { line in
            // The dynamic table's names have versions.
            (address: UInt64(line[0], radix: 16) ?? 0, kind: line[1], name: line[2].prefix { $0 != "@" })
        }
        let code = symbols.filter { $0.kind == "t" || $0.kind == "T" }
        let pointers = Set(symbols.map(\.name).filter { $0.hasSuffix("Tu") })
        var expected: Set<UInt64> = []
        for symbol in code where symbol.name.contains(/T[YQ][0-9]+_/) || pointers.contains(symbol.name + "Tu") {
            expected.insert(symbol.address)
        }
        #expect(expected.count > 100)
        #expect(Set(functions.ranges.map { functions.base + UInt64($0.start) }) == expected)
        let isFoundByItsLastByte = functions.ranges.allSatisfy { range in
            functions.range(at: functions.base + UInt64(range.start) + UInt64(range.length) - 1) == range
        }
        #expect(isFoundByItsLastByte)
    }
}
