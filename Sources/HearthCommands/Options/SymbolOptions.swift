internal import ArgumentParser
internal import Foundation
internal import HearthDebugInfo
internal import HearthFiles
internal import HearthProfile
internal import HearthSymbols
internal import HearthTerminal

/// How addresses become names.
struct SymbolOptions: ParsableArguments {
    @Option(
        name: .customLong("binary"),
        help: ArgumentHelp(
            "Object file of the program, a library or its debug file, or a folder of such; for a profile of another machine. May be repeated.",
            valueName: "path"))
    var binaries: [String] = []

    @Flag(
        inversion: .prefixedNo,
        help: """
            Look up inlined functions and source lines also where a function has a name already. \
            Default: where it has none.
            """)
    var inlines: Bool?

    @Flag(
        name: .customLong("no-symbol-cache"),
        help: "Neither read nor write what was looked up before (in ~/.cache/hearth/symbols).")
    var ignoresCache = false

    /// The profile with names for its addresses, and a warning for each image that has none to give.
    ///
    /// - Throws: `FileError` for a path of `--binary` that is not there; `CommandFailure` where it holds no object file.
    func symbolize(_ profile: Profile, name: String) throws -> Profile {
        let index = try BinaryIndex(binaries)
        if !binaries.isEmpty, index.count == 0 {
            throw CommandFailure(
                "no object file in \(binaries.joined(separator: ", "))",
                hint: "--binary takes ELF programs, libraries and debug files, or folders of them")
        }
        let wantsAll = inlines == true
        let isWanted = profile.frames.contains { $0.image != nil && (!$0.isSymbolized || wantsAll && $0.address != 0) }
        guard isWanted else {
            if wantsAll {
                ProfileInput.warn("warning: \(name) has no addresses: inlined functions cannot be looked up")
            }
            return profile
        }
        var sources = Symbolizer.Sources(cacheLimit: 512 << 20)
        sources.binaries = index
        if inlines != false { sources.reader = DWARFReader() }
        sources.cacheFolder = ignoresCache ? nil : Self.cacheFolder
        var problems: [SymbolProblem] = []
        let named = Symbolizer(sources).symbolize(profile, scope: wantsAll ? .all : .unnamed, problems: &problems)
        warn(of: problems)
        return named
    }

    private static var cacheFolder: String? {
        let environment = ProcessInfo.processInfo.environment
        // As the XDG base directory specification has it: a relative path does not count.
        if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return "\(folder)/hearth/symbols" }
        return environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.cache/hearth/symbols" : nil }
    }

    private func warn(of problems: [SymbolProblem]) {
        var withoutInformation: [String] = []
        for problem in problems.sorted(by: { $0.frames > $1.frames }) where !problem.image.path.hasPrefix("[") {
            let image = problem.image
            let addresses = problem.frames == 1 ? "1 address" : "\(grouped(problem.frames)) addresses"
            switch problem.reason {
            case .fileMissing:
                warn("\(addresses) of \(image.name) not looked up: \(image.path) is not here; name it by --binary")
            case .otherBuild(let found):
                let build = found.isEmpty ? "without build-id" : "build \(found.prefix(12))"
                warn(
                    "\(addresses) of \(image.name) not looked up: \(image.path) is \(build), build \(image.buildID.prefix(12)) ran; name that by --binary"
                )
            case .debugInformation(let fault):
                warn("\(image.name): \(fault); functions inlined there are not shown")
            case .noDebugInformation:
                withoutInformation.append(image.name)
            }
        }
        if !withoutInformation.isEmpty {
            let rest = withoutInformation.count > 4 ? " and \(withoutInformation.count - 4) more" : ""
            let names = withoutInformation.prefix(4).joined(separator: ", ")
            warn("no debug information for \(names)\(rest): functions inlined there are not shown")
        }
    }

    private func warn(_ text: String) { ProfileInput.warn("warning: \(text)") }
}
