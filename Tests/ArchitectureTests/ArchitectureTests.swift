import Foundation
import Testing

/// Holds the package against the table of Docs/Architecture.md.
@Suite struct ArchitectureTests {
    private let table: LayerTable
    private let manifest: Manifest

    init() throws {
        table = try LayerTable.read()
        manifest = try Manifest.read()
    }

    @Test func everyTargetStandsInTheTable() {
        let declared = Set(manifest.targets.filter { $0.type != "test" }.map(\.name))
        #expect(declared == Set(table.rows.map(\.target)))
        #expect(table.rows.count == declared.count, "a target stands in the table twice")
    }

    @Test func dependenciesAreThoseOfTheTable() throws {
        for target in manifest.targets where target.type != "test" {
            let row = try #require(table[target.name])
            #expect(Set(target.dependencies) == row.imports, "dependencies of \(target.name)")
            #expect(target.packages.isSubset(of: row.uses), "packages of \(target.name): \(target.packages)")
        }
    }

    @Test func arrowsPointDown() throws {
        for row in table.rows {
            for name in row.imports {
                let imported = try #require(table[name], "\(row.target) imports \(name), which is not in the table")
                #expect(imported.layer < row.layer, "\(row.target) may not import \(name)")
            }
        }
    }

    @Test func sourcesImportOnlyWhatTheirTargetMay() throws {
        let targets = Set(table.rows.map(\.target))
        for row in table.rows {
            let folder = LayerTable.root.appendingPathComponent("Sources/\(row.target)")
            for file in try swiftFiles(in: folder) {
                let imports = try importedModules(of: file)
                #expect(
                    imports.intersection(targets).isSubset(of: row.imports.union([row.target])),
                    "\(file.lastPathComponent) of \(row.target) imports \(imports)")
            }
        }
    }

    @Test func noTargetIsEmpty() throws {
        for target in manifest.targets {
            let folder = LayerTable.root.appendingPathComponent(
                "\(target.type == "test" ? "Tests" : "Sources")/\(target.name)")
            let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            #expect(!names.isEmpty, "\(target.name)")
            #expect(!names.contains { $0.hasSuffix("Placeholder.swift") }, "\(target.name) is a placeholder")
        }
    }

    /// What an agent brings into its host, and what the offline tool never touches.
    @Test func theAgentAndTheToolsStayApart() {
        let agent = closure(of: "Hearth")
        #expect(
            agent.isDisjoint(with: ["HearthIngestion", "HearthRuntime", "CSimdjson", "COpenBLAS", "HearthTerminal"]))
        #expect(packages(of: agent).isDisjoint(with: ["GRDB", "swift-nio", "swift-argument-parser"]))
        #expect(
            closure(of: "HearthCLI").isDisjoint(with: ["CHearthSampler", "HearthSampling", "Hearth", "HearthLabels"]))
        #expect(closure(of: "HearthRuntime").isDisjoint(with: ["HearthProfile", "HearthLabels", "CHearthSampler"]))
    }

    @Test func everyTargetIsStrict() throws {
        let package = try String(contentsOf: LayerTable.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        for setting in [
            ".swiftLanguageMode(.v6)", ".strictMemorySafety()", "ExistentialAny", "InternalImportsByDefault",
            "MemberImportVisibility", ".treatAllWarnings(as: .error)",
        ] {
            #expect(package.contains(setting))
        }
        for target in manifest.targets
        where target.type != "system" && !target.name.hasPrefix("C") && target.name != "HearthSamplerHost" {
            #expect(target.settings >= 7, "\(target.name) lacks `swiftSettings: strict`")
        }
    }

    @Test func thePictureShowsTheTable() throws {
        let file = LayerTable.root.appendingPathComponent("Docs/Images/architecture.svg")
        let drawn = LayerDrawing(table: table).svg()
        if ProcessInfo.processInfo.environment["HEARTH_UPDATE_GOLDEN"] == "1" {
            try drawn.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == drawn, "draw it anew with HEARTH_UPDATE_GOLDEN=1")
    }

    private func closure(of target: String) -> Set<String> {
        var reached: Set<String> = []
        var pending = [target]
        while let next = pending.popLast() {
            if reached.insert(next).inserted { pending += table[next]?.imports ?? [] }
        }
        return reached
    }

    private func packages(of targets: Set<String>) -> Set<String> {
        targets.reduce(into: []) { $0.formUnion(table[$1]?.uses ?? []) }
    }

    private func swiftFiles(in folder: URL) throws -> [URL] {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".swift") }.map { folder.appendingPathComponent($0) }
    }

    private func importedModules(of file: URL) throws -> Set<String> {
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        return Set(
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place <= 2, place + 1 < words.count,
                    words[..<place].allSatisfy({
                        $0.hasPrefix("@") || $0 == "public" || $0 == "internal" || $0 == "package" || $0 == "private"
                    })
                else { return nil }
                let name =
                    kinds.contains(words[place + 1]) && place + 2 < words.count ? words[place + 2] : words[place + 1]
                return name.split(separator: ".").first.map(String.init)
            })
    }
}
