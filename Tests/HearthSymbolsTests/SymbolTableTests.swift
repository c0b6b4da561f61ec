import Foundation
import HearthObjectFiles
import Testing

@Suite struct SymbolTableTests {
    /// The test program itself: it has a full table, of Swift.
    @Test(.enabled(if: Tool.isInstalled("nm")))
    func functionsOfThisProgramAgreeWithNM() throws {
        let path = LoadedLibraries.program
        let object = try ObjectBytes(contentsOf: path)
        let table = try object.symbols(.full)
        let listed = try Listed.all(["-S", "--defined-only", path])
        #expect(table.symbols.count > 1000)
        var byAddress: [UInt64: [Listed]] = [:]
        for symbol in listed { byAddress[symbol.address, default: []].append(symbol) }
        // A program of all the package's tests has 65,000: one expectation for all.
        var wrong: [String] = []
        for symbol in table.symbols {
            let name = object.read { table.name(of: symbol, in: $0) }
            let here = byAddress[symbol.address] ?? []
            if !here.contains(where: { $0.name == name && ($0.size == nil || $0.size == UInt64(symbol.size)) }) {
                wrong.append(name)
            }
        }
        #expect(wrong.isEmpty)
        // And none is missing: every function with a size is found by its first and its last byte.
        let missing = listed.filter { symbol in
            guard "tTwW".contains(symbol.kind), let size = symbol.size, size > 0 else { return false }
            return table.symbol(at: symbol.address)?.address != symbol.address
                || table.symbol(at: symbol.address + size - 1) == nil
        }
        #expect(missing.map(\.name) == [])
    }

    @Test(.enabled(if: Tool.isInstalled("nm")), arguments: ["libc.so", "libstdc++.so", "libswiftCore.so"])
    func exportedFunctionsAgreeWithNM(library: String) throws {
        guard let path = LoadedLibraries.path(library) else { return }
        let object = try ObjectBytes(contentsOf: path)
        let table = try object.symbols(.dynamic)
        let listed = try Listed.all(["-D", "-S", "--defined-only", path])
        let names = Dictionary(grouping: listed, by: \.address).mapValues { Set($0.map(\.name)) }
        #expect(table.symbols.count > 500)
        let wrong = table.symbols.map { symbol in (symbol, object.read { table.name(of: symbol, in: $0) }) }
            .filter { symbol, name in
                names[symbol.address]?.contains(name) != true
                    || table.symbol(at: symbol.address + UInt64(symbol.size) - 1) == nil
            }
        #expect(wrong.map(\.1) == [])
    }

    @Test func anAddressBetweenFunctionsHasNoName() throws {
        let path = LoadedLibraries.path("libc.so") ?? LoadedLibraries.program
        let table = try ObjectBytes(contentsOf: path).symbols(.dynamic)
        var gaps = 0
        for (left, right) in zip(table.symbols, table.symbols.dropFirst()) {
            let end = left.address + UInt64(left.size)
            guard end < right.address, table.symbol(at: end) == nil else { continue }
            gaps += 1
            #expect(table.symbol(at: right.address - 1) == nil || table.symbol(at: right.address - 1) != left)
        }
        #expect(gaps > 100)
        #expect(table.symbol(at: 0) == nil)
        #expect(table.symbol(at: .max) == nil)
    }

    /// `malloc` is also `__libc_malloc`, and the table keeps one of them.
    @Test func theKnownNameOfAliasesIsKept() throws {
        guard let path = LoadedLibraries.path("libc.so") else { return }
        let object = try ObjectBytes(contentsOf: path)
        let table = try object.symbols(.dynamic)
        let names = Set(table.symbols.map { symbol in object.read { table.name(of: symbol, in: $0) } })
        #expect(names.isSuperset(of: ["malloc", "free", "read", "write", "pthread_mutex_lock"]))
        #expect(names.isDisjoint(with: ["__libc_malloc", "__libc_free", "__read", "__write", "___pthread_mutex_lock"]))
    }

    @Test(
        .enabled(if: Tool.isInstalled("objdump")),
        arguments: ["libc.so", "libstdc++.so", "libswift_Concurrency.so", "libdispatch.so"])
    func linkageStubsAgreeWithObjdump(library: String) throws {
        guard let path = LoadedLibraries.path(library) else { return }
        let object = try ObjectBytes(contentsOf: path)
        let file = try object.file()
        let table = object.read { SymbolTable(linkageStubsOf: file, in: $0) }
        var expected: [UInt64: String] = [:]
        for section in file.sections where section.name.hasPrefix(".plt") {
            let text = try #require(Tool("objdump")).run(["-d", "-j", section.name, path])
            for match in text.matches(of: /(?m)^([0-9a-f]+) <([^@>*]+)(@@?[^@>]+)?@plt>:$/) {
                expected[try #require(UInt64(match.1, radix: 16))] = String(match.2)
            }
        }
        #expect(expected.count > 5)
        var found: [UInt64: String] = [:]
        for symbol in table.symbols { found[symbol.address] = object.read { table.name(of: symbol, in: $0) } }
        #expect(found == expected)
    }

    /// As the loader has it, without section headers: the same names by the dynamic segment.
    @Test func dynamicSegmentGivesTheSameTable() throws {
        for library in ["libc.so", "libswiftCore.so", "libstdc++.so"] {
            guard let path = LoadedLibraries.path(library) else { continue }
            let file = try ObjectBytes(contentsOf: path)
            let memory = try file.mapped()
            let fromFile = try file.symbols(.dynamic)
            let fromMemory = try memory.symbols(.dynamic)
            // Without sections it cannot be told whether an untyped symbol is code.
            let names = Set(fromFile.symbols.map { symbol in file.read { fromFile.name(of: symbol, in: $0) } })
            let found = Set(fromMemory.symbols.map { symbol in memory.read { fromMemory.name(of: symbol, in: $0) } })
            #expect(found.count > 500)
            #expect(found.isSubset(of: names))
            #expect(names.subtracting(found).count < 5)
        }
    }
}

/// A line of `nm -S`.
private struct Listed {
    var address: UInt64
    var size: UInt64?
    var kind: Character
    var name: String

    static func all(_ arguments: [String]) throws -> [Listed] {
        try #require(Tool("nm")).run(arguments).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count >= 3, let address = UInt64(words[0], radix: 16) else { return nil }
            let size = words.count > 3 ? UInt64(words[1], radix: 16) : nil
            var name = words[words.count - 1]
            if let sign = name.dropFirst().firstIndex(of: "@") { name = name[..<sign] }
            return Listed(
                address: address, size: size, kind: words[words.count - 2].first ?? "?", name: String(name))
        }
    }
}
