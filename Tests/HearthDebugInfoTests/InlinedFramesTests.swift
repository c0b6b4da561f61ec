import Foundation
import HearthDebugInfo
import HearthFiles
import HearthProfile
import HearthSymbols
import HearthTestRuns
import Testing

/// From addresses to frames, with debug information.
@Suite(.enabled(if: Toolchain.path("clang") != nil && Toolchain.path("readelf") != nil))
struct InlinedFramesTests {
    private let program: CompiledProgram

    init() throws {
        program = try CompiledProgram(.init(compiler: "clang", flags: ["-O2", "-g", "-Wl,--build-id"]))
    }

    /// A profile with one sample a code address.
    private func profile(of image: Image) throws -> Profile {
        var profile = Profile(sampleTypes: [.samples])
        let image = profile.intern(image)
        for address in try program.addresses() {
            let frame = profile.intern(Frame(name: .empty, image: image, address: address))
            profile.add(Profile.Sample(stack: profile.push(frame, on: .empty)), values: [1])
        }
        return profile
    }

    private func symbolizer(_ change: (inout Symbolizer.Sources) -> Void = { _ in }) -> Symbolizer {
        var sources = Symbolizer.Sources()
        sources.reader = DWARFReader()
        change(&sources)
        return Symbolizer(sources)
    }

    /// Stacks as text, root first, with the kind and the line of each frame.
    private func stacks(_ profile: Profile) -> Set<String> {
        Set(
            profile.samples.map { sample in
                profile.stacks.framesLeafFirst(sample.stack).reversed().map { id in
                    let frame = profile.frame(id)
                    return "\(frame.kind == .inlined ? "+" : "")\(profile.displayName(id)):\(frame.line)"
                }.joined(separator: ";")
            })
    }

    @Test func anAddressBecomesItsInlinedFunctions() throws {
        let named = symbolizer().symbolize(try profile(of: program.image))
        let stacks = stacks(named)
        // innermost(n + 1) is called in line 10, middle(n) in line 13; the loop stands in line 5.
        #expect(stacks.contains("outermost:13;+middle:10;+innermost:5"))
        #expect(stacks.contains("outermost:15;+middle:10;+innermost:5"))
        #expect(named.total(column: 0) == Int64(try program.addresses().count))
        for frame in named.frames where frame.kind == .inlined {
            #expect(frame.address != 0 && frame.image != nil)
            #expect(named.strings[frame.file].hasSuffix("/source.c"))
        }
    }

    @Test func withoutReaderAnAddressIsOneFunction() throws {
        let named = Symbolizer().symbolize(try profile(of: program.image))
        #expect(named.frames.allSatisfy { $0.kind == .function && $0.line == 0 })
        #expect(stacks(named).contains("outermost:0"))
    }

    /// The agent names from symbol tables; the inlined functions are looked up later, and no frame stands twice then.
    @Test func namedFramesAreExpandedWhenAsked() throws {
        let addresses = try profile(of: program.image)
        let whole = stacks(symbolizer().symbolize(addresses))
        let plain = Symbolizer().symbolize(addresses)
        var problems: [SymbolProblem] = []
        #expect(stacks(symbolizer().symbolize(plain)) == stacks(plain))
        let expanded = symbolizer().symbolize(plain, scope: .all, problems: &problems)
        #expect(stacks(expanded) == whole)
        let again = symbolizer().symbolize(expanded, scope: .all, problems: &problems)
        #expect(stacks(again) == whole)
        #expect(problems.isEmpty)
    }

    // MARK: Another machine

    @Test func aProfileOfAnotherMachineIsNamedFromTheBinariesGiven() throws {
        var elsewhere = try program.image
        elsewhere.path = "/opt/service/bin/program"
        let addresses = try profile(of: elsewhere)
        var problems: [SymbolProblem] = []
        let unnamed = symbolizer().symbolize(addresses, scope: .unnamed, problems: &problems)
        #expect(unnamed.frames.allSatisfy { !$0.isSymbolized })
        #expect(problems == [SymbolProblem(image: elsewhere, reason: .fileMissing, frames: addresses.frames.count)])

        let index = try BinaryIndex([program.folder.url.path])
        #expect(index.count == 1)
        let named = symbolizer { $0.binaries = index }.symbolize(addresses)
        #expect(stacks(named).contains("outermost:13;+middle:10;+innermost:5"))
    }

    /// Only the debug file of the build that ran was kept: its symbol table and its debug information are enough.
    @Test(.enabled(if: Toolchain.path("objcopy") != nil)) func theDebugFileAloneIsEnough() throws {
        let image = try program.image
        let addresses = try profile(of: image)
        let kept = try TemporaryFolder()
        try Toolchain.run("objcopy", ["--only-keep-debug", program.path, kept.path("program.debug")])
        let index = try BinaryIndex([kept.url.path])
        // Stripped: the debug file beside it is found by the index.
        try Toolchain.run("strip", [program.path])
        #expect(stacks(Symbolizer().symbolize(addresses)).allSatisfy { !$0.contains("outermost") })
        let stripped = symbolizer { $0.binaries = index }.symbolize(addresses)
        #expect(stacks(stripped).contains("outermost:13;+middle:10;+innermost:5"))
        try FileManager.default.removeItem(atPath: program.path)
        let alone = symbolizer { $0.binaries = index }.symbolize(addresses)
        #expect(stacks(alone).contains("outermost:13;+middle:10;+innermost:5"))
    }

    @Test func anotherBuildIsNotBelieved() throws {
        var image = try program.image
        let found = image.buildID
        image.buildID = "00112233"
        var problems: [SymbolProblem] = []
        let unnamed = symbolizer().symbolize(try profile(of: image), scope: .unnamed, problems: &problems)
        #expect(unnamed.frames.allSatisfy { !$0.isSymbolized })
        #expect(problems.map(\.reason) == [.otherBuild(found: found)])
    }

    @Test func brokenDebugInformationLeavesTheSymbolTable() throws {
        struct Broken: SourceFrameReader {
            struct Fault: Error, CustomStringConvertible { let description = "no use" }
            func frames(at addresses: [UInt64], inFileAt path: String) throws -> SourceFrames { throw Fault() }
        }
        var problems: [SymbolProblem] = []
        let named = symbolizer { $0.reader = Broken() }
            .symbolize(try profile(of: program.image), scope: .unnamed, problems: &problems)
        #expect(stacks(named).contains("outermost:0"))
        #expect(problems.map(\.reason) == [.debugInformation("no use")])
    }

    // MARK: The cache on disk

    @Test func whatWasLookedUpIsStored() throws {
        let cache = try TemporaryFolder()
        let addresses = try profile(of: program.image)
        let folder = cache.path("symbols")
        let first = stacks(symbolizer { $0.cacheFolder = folder }.symbolize(addresses))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(files == ["\(try program.image.buildID).frames"])
        // Reads nothing any more: what it would read is not there.
        struct Unasked: SourceFrameReader {
            func frames(at addresses: [UInt64], inFileAt path: String) throws -> SourceFrames {
                // Start-up code has no names, so it is asked for again.
                SourceFrames(count: addresses.count)
            }
        }
        let second = stacks(symbolizer { ($0.cacheFolder, $0.reader) = (folder, Unasked()) }.symbolize(addresses))
        #expect(second == first)
        // Without debug information other names are right: what was stored with it does not count.
        let plain = symbolizer { ($0.cacheFolder, $0.reader) = (folder, nil) }.symbolize(addresses)
        #expect(stacks(plain).contains("outermost:0"))
    }

    @Test func aDamagedCacheIsAsIfItWereNotThere() throws {
        let cache = try TemporaryFolder()
        let addresses = try profile(of: program.image)
        let whole = stacks(symbolizer { $0.cacheFolder = cache.url.path }.symbolize(addresses))
        let file = cache.url.appendingPathComponent("\(try program.image.buildID).frames")
        let bytes = [UInt8](try Data(contentsOf: file))
        for change in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
            var damaged = bytes
            damaged[change] ^= 0x55
            try Data(change % 2 == 0 ? damaged : Array(bytes.prefix(change))).write(to: file)
            #expect(stacks(symbolizer { $0.cacheFolder = cache.url.path }.symbolize(addresses)) == whole)
        }
    }

    @Test func theCacheKeepsToItsLimit() throws {
        let cache = try TemporaryFolder()
        let addresses = try profile(of: program.image)
        let old = cache.url.appendingPathComponent("0000.frames")
        try Data(repeating: 1, count: 100_000).write(to: old)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: old.path)
        _ = symbolizer { ($0.cacheFolder, $0.cacheFolderLimit) = (cache.url.path, 50_000) }.symbolize(addresses)
        let files = try FileManager.default.contentsOfDirectory(atPath: cache.url.path)
        #expect(files == ["\(try program.image.buildID).frames"])
    }
}
