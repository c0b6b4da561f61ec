import Foundation
import HearthProfile
import SwiftProtobuf
import Testing

@testable import HearthFormats

@Suite struct PprofTests {
    private func roundTrip(_ profile: Profile) throws -> Profile {
        try Profile.read(try profile.encoded(as: .pprof), named: "x.pb.gz").profile
    }

    private func message(_ profile: Profile) throws -> Hearth_Pprof_Profile {
        try Hearth_Pprof_Profile(serializedBytes: profile.pprofMessage())
    }

    private func read(_ message: Hearth_Pprof_Profile) throws -> Profile {
        try Profile.read(try message.serializedBytes(), named: "x.pb", format: .pprof).profile
    }

    private func reason(_ message: Hearth_Pprof_Profile) -> ProfileReadError.Reason? {
        do throws(ProfileReadError) {
            _ = try Profile.read((try? message.serializedBytes()) ?? [], named: "x.pb", format: .pprof)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>) func roundTripKeepsEverything(seed: UInt64) throws {
        let profile = Profile.random(seed: seed)
        let back = try roundTrip(profile)
        #expect(back.canonicalRows == profile.canonicalRows)
        #expect(back.sampleTypes == profile.sampleTypes)
        #expect(back.defaultSampleType == profile.defaultSampleType)
        #expect(back.periodType == profile.periodType)
        #expect(back.period == profile.period)
        #expect(back.startTime == profile.startTime)
        #expect(back.duration == profile.duration)
        #expect(back.blockDuration == profile.blockDuration)
        #expect(back.attributes == profile.attributes)
        #expect(try back.encoded(as: .pprof) == roundTrip(back).encoded(as: .pprof), "reading and writing settles")
    }

    @Test(arguments: 0..<10 as Range<UInt64>) func whatToolsRelyOn(seed: UInt64) throws {
        let profile = Profile.random(seed: seed)
        let message = try message(profile)
        #expect(message.stringTable[0].isEmpty)
        #expect(message.mapping.map(\.id) == (1...UInt64(message.mapping.count)).map { $0 })
        #expect(message.location.map(\.id) == (1...UInt64(message.location.count)).map { $0 })
        #expect(message.function.map(\.id) == (1...UInt64(message.function.count)).map { $0 })
        #expect(message.hasPeriodType)
        #expect(message.periodType.type != 0)
        #expect(message.period > 0)
        #expect(message.defaultSampleType == message.sampleType[profile.defaultSampleType].type)
        #expect(message.sample.allSatisfy { $0.value.count == 3 })
    }

    @Test func aPeriodThatIsNotKnownIsWrittenAllTheSame() throws {
        let message = try message(Profile(sampleTypes: [.cpu], periodType: ValueType(type: "", unit: "")))
        #expect(message.period == 1)
        #expect(message.stringTable[Int(message.periodType.type)] == Data("cpu".utf8))
    }

    @Test func inlinedFunctionsShareALocation() throws {
        var profile = Profile(sampleTypes: [.samples])
        let image = profile.intern(
            Image(path: "/bin/app", buildID: "ab", start: 0x5000, end: 0x6000, bias: 0x4000, fileOffset: 0x1000))
        let names = ["main", "outer", "middle", "inner"].map { profile.intern($0) }
        let file = profile.intern("app.swift")
        let frames = [
            Frame(name: names[0], image: image, address: 0x1100),
            Frame(name: names[1], file: file, line: 10, image: image, address: 0x1200),
            Frame(name: names[2], file: file, line: 20, image: image, address: 0x1200, kind: .inlined),
            Frame(name: names[3], file: file, line: 30, image: image, address: 0x1200, kind: .inlined),
        ].map { profile.intern($0) }
        profile.add(Profile.Sample(stack: profile.stack(rootFirst: frames)), values: [1])
        let message = try message(profile)
        let sample = message.sample[0]
        #expect(sample.locationID.count == 2)
        let leaf = message.location[Int(sample.locationID[0]) - 1]
        #expect(leaf.address == 0x5200)
        #expect(leaf.mappingID == 1)
        let lines = leaf.line.map { message.stringTable[Int(message.function[Int($0.functionID) - 1].name)] }
        #expect(lines == ["inner", "middle", "outer"].map { Data($0.utf8) })
        #expect(leaf.line.map(\.line) == [30, 20, 10])
        let mapping = message.mapping[0]
        #expect(mapping.memoryStart == 0x5000 && mapping.memoryLimit == 0x6000 && mapping.fileOffset == 0x1000)
        #expect(message.stringTable[Int(mapping.buildID)] == Data("ab".utf8))
        #expect(
            mapping.hasFunctions_p && mapping.hasFilenames_p && mapping.hasLineNumbers_p && mapping.hasInlineFrames_p)
        #expect(message.comment.isEmpty, "the bias follows from start and offset")
    }

    @Test func aMappingWithoutNamesLeavesThemToTheTool() throws {
        var profile = Profile(sampleTypes: [.samples])
        let images = ["named", "bare"].map { profile.intern(Image(path: $0)) }
        let name = profile.intern("f")
        let frames = [
            profile.intern(Frame(name: name, image: images[0], address: 1)),
            profile.intern(Frame(name: .empty, image: images[1], address: 2)),
        ]
        profile.add(Profile.Sample(stack: profile.stack(rootFirst: frames)), values: [1])
        let message = try message(profile)
        #expect(message.mapping[0].hasFunctions_p && !message.mapping[0].hasFilenames_p)
        #expect(!message.mapping[1].hasFunctions_p && !message.mapping[1].hasLineNumbers_p)
        #expect(message.location.first { $0.mappingID == 2 }?.line.isEmpty == true)
    }

    @Test func frameKindsAreFileNamesThatToolsCarryAlong() throws {
        var profile = Profile(sampleTypes: [.samples])
        let frames = [
            profile.intern(frameNamed: "embed", kind: .label), profile.intern(frameNamed: "main"),
            profile.intern(frameNamed: "[truncated]", kind: .marker),
        ]
        profile.add(Profile.Sample(stack: profile.stack(rootFirst: frames)), values: [1])
        let back = try roundTrip(profile)
        #expect(back.frames.map(\.kind).sorted { $0.rawValue < $1.rawValue } == [.function, .label, .marker])
    }

    // MARK: Other producers

    @Test func aProfileOfGo() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/go-cpu.pb.gz")
        let (profile, notes) = try Profile.read(path.path)
        #expect(notes.warnings.isEmpty)
        #expect(profile.sampleTypes == [.samples, .cpu])
        #expect(profile.defaultSampleType == 1)
        #expect(profile.periodType == .cpu && profile.period == 10_000_000)
        let totals = FunctionTotals(profile, column: 1)
        #expect(totals.total == 1_070_000_000)
        let block = totals.rows.first { $0.name == "crypto/sha256.block" }
        #expect(block?.selfValue == 1_050_000_000 && block?.totalValue == 1_050_000_000 && block?.image == "spin")
        var filter = ProfileFilter()
        filter.labels = [("node", "embed")]
        #expect(profile.filtered(filter).total(column: 1) == 820_000_000)
    }

    @Test func aHeapProfileOfGo() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/go-heap.pb.gz")
        let (profile, notes) = try Profile.read(path.path)
        #expect(notes.warnings.isEmpty)
        let types = ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"]
        #expect(profile.sampleTypes.map(\.type) == types)
        #expect(profile.sampleTypes.map(\.unit) == ["count", "bytes", "count", "bytes"])
        #expect(profile.sampleTypes[profile.defaultSampleType].type == "inuse_space")
        #expect(profile.periodType == ValueType(type: "space", unit: "bytes") && profile.period == 4096)
        #expect(profile.total(column: 1) == 22_044_694)
        func function(_ name: String, column: Int) -> FunctionTotals.Row? {
            FunctionTotals(profile, column: column).rows.first { $0.name == name }
        }
        #expect(function("main.drop", column: 1)?.selfValue == 9_243_024)
        #expect(function("main.keep", column: 3)?.selfValue == 12_787_429)
        #expect(function("main.main", column: 0)?.totalValue == 698)
        #expect(profile.frames.contains { profile.strings[$0.name] == "main.keep" && $0.kind == .inlined })
        let sizes = profile.samples.compactMap { profile.labels[$0.labels]["bytes"] }
        #expect(sizes.contains(.number(65_536, unit: "bytes")) || sizes.contains(.number(65_536, unit: "")))
        #expect(try roundTrip(profile).canonicalRows == profile.canonicalRows)
    }

    @Test func aFileThatGrowsInMemoryIsRefusedBeforeItDoes() throws {
        var limits = ReadLimits()
        limits.memoryBytes = 79_000
        func reason(_ bytes: [UInt8]) -> ProfileReadError.Reason? {
            do throws(ProfileReadError) {
                _ = try Profile.read(bytes, named: "x.pb", format: .pprof, limits: limits)
                return nil
            } catch {
                return error.reason
            }
        }
        // Two bytes each in the file, a hundred times that as a value: tables, the labels and the ids of one sample.
        func pairs(_ tag: UInt8, _ count: Int) -> [UInt8] { (0..<count).flatMap { _ in [tag, 0] } }
        let head = try foreign().serializedBytes() as [UInt8]
        #expect(reason(head) == nil)
        for tag in [0x22, 0x2A, 0x32] as [UInt8] {
            #expect(reason(head + pairs(tag, 1_000)) == .tooMuchMemory(limit: 79_000))
        }
        let labels: [UInt8] = [0x12, 0x90, 0x4E] + pairs(0x1A, 5_000)
        let ids: [UInt8] = [0x12, 0x93, 0x4E, 0x0A, 0x90, 0x4E] + [UInt8](repeating: 1, count: 10_000)
        for sample in [labels, ids] { #expect(reason(head + sample) == .tooMuchMemory(limit: 79_000)) }
        // Rows, each with a set of labels of its own.
        var message = foreign()
        let sample = message.sample[0]
        message.sample = (1...1_000 as ClosedRange<Int64>).map { number in
            var (copy, label) = (sample, Hearth_Pprof_Label())
            (label.key, label.num) = (3, number)
            copy.label = [label]
            return copy
        }
        #expect(reason(try message.serializedBytes()) == .tooMuchMemory(limit: 79_000))
        limits = ReadLimits()
        #expect(reason(try message.serializedBytes()) == nil)
    }

    private func foreign() -> Hearth_Pprof_Profile {
        var message = Hearth_Pprof_Profile()
        message.stringTable = ["", "samples", "count", "cpu", "nanoseconds", "main.main", "leaf", "main.go"].map {
            Data($0.utf8)
        }
        message.sampleType = ([(1, 2), (3, 4)] as [(Int64, Int64)]).map { type, unit in
            var value = Hearth_Pprof_ValueType()
            (value.type, value.unit) = (type, unit)
            return value
        }
        for (id, name) in [(70, 5), (9, 6)] as [(UInt64, Int64)] {
            var function = Hearth_Pprof_Function()
            (function.id, function.name, function.filename) = (id, name, 7)
            message.function.append(function)
            var line = Hearth_Pprof_Line()
            (line.functionID, line.line) = (id, 42)
            var location = Hearth_Pprof_Location()
            (location.id, location.line) = (id + 1000, [line])
            message.location.append(location)
        }
        var sample = Hearth_Pprof_Sample()
        (sample.locationID, sample.value) = ([1009, 1070], [1, 10])
        message.sample = [sample]
        return message
    }

    @Test func idsInAnyOrderNoPeriodTypeNoMapping() throws {
        let profile = try read(foreign())
        #expect(profile.valuesByNames(column: 1) == [["main.main", "leaf"]: 10])
        #expect(profile.defaultSampleType == 1, "the last one where none is named")
        #expect(profile.periodType == .cpu)
        #expect(profile.frames.allSatisfy { $0.line == 42 && $0.image == nil })
    }

    /// Such a frame is its address: what else was said of it would be lost on writing.
    @Test func aFunctionWithoutANameSaysNothing() throws {
        var message = foreign()
        (message.function[1].name, message.function[1].filename, message.location[1].address) = (0, 7, 0x60)
        let profile = try read(message)
        let leaf = profile.stacks.framesLeafFirst(profile.samples[0].stack).first { _ in true }
        #expect(leaf.map { profile.frame($0) } == Frame(name: .empty, address: 0x60))
        #expect(try roundTrip(profile).canonicalRows == profile.canonicalRows)
        // Inlined into one that has a name, it is left out.
        message.location[1].line.append(message.location[0].line[0])
        #expect(try read(message).valuesByNames(column: 0) == [["main.main", "main.main"]: 1])
    }

    @Test func stringsThatAreNotUTF8AreReplacedAndCounted() throws {
        var message = foreign()
        message.stringTable[6] = Data([0x66, 0xFF])
        let (profile, notes) = try Profile.read(try message.serializedBytes(), named: "x.pb")
        #expect(profile.valuesByNames(column: 0) == [["main.main", "f\u{FFFD}"]: 1])
        #expect(notes.invalidUTF8 == 1)
    }

    /// What is said of a message, and the tag at the byte that is named: 0x0A a sample type, 0x12 a sample, 0x22 a location,
    /// 0x2A a function, 0x3… what comes after.
    private func fault(_ message: Hearth_Pprof_Profile) throws -> (text: String, tag: UInt8) {
        let bytes = try message.serializedBytes() as [UInt8]
        let reason = try #require(self.reason(message))
        let byte: Int? =
            switch reason {
            case .stringIndexOutOfRange(_, _, _, let byte), .unknownID(_, _, _, let byte),
                .wrongValueCount(_, _, _, let byte), .stackTooDeep(_, .byte(let byte)), .badMessage(_, let byte):
                byte
            default: nil
            }
        let place = try #require(byte)
        return (reason.description.replacingOccurrences(of: " at byte \(place)", with: ""), bytes[place])
    }

    @Test func whatRefersToNothingIsNamedByItsByte() throws {
        func expect(_ text: String, _ tag: UInt8, _ change: (inout Hearth_Pprof_Profile) -> Void) throws {
            var message = foreign()
            change(&message)
            let fault = try fault(message)
            #expect(fault.text == text)
            #expect(fault.tag == tag)
        }
        try expect("sample 0 refers to location 5, which does not exist", 0x12) { $0.sample[0].locationID = [5] }
        try expect("location 1070 refers to function 6, which does not exist", 0x22) {
            $0.location[0].line[0].functionID = 6
        }
        try expect("location 1070 refers to mapping 3, which does not exist", 0x22) { $0.location[0].mappingID = 3 }
        try expect("string index 8 of function 70 is out of range, the table has 8", 0x2A) { $0.function[0].name = 8 }
        try expect("string index -1 of function 70 is out of range, the table has 8", 0x2A) { $0.function[0].name = -1 }
        try expect("string index 9 of sample type 1 is out of range, the table has 8", 0x0A) {
            $0.sampleType[1].unit = 9
        }
        try expect("string index 99 of the default sample type is out of range, the table has 8", 0x70) {
            $0.defaultSampleType = 99
        }
        try expect("string index 70 of a comment is out of range, the table has 8", 0x6A) { $0.comment = [1, 70] }
        try expect("sample 0 has 1 values for 2 sample types", 0x12) { $0.sample[0].value = [1] }
        var message = foreign()
        message.sampleType = []
        #expect(reason(message) == .noSampleTypes)
    }

    @Test func stacksThatGrowBeyondTheFileAreRefused() throws {
        // One location with many lines, named by one sample again and again: small file, enormous stack.
        var message = foreign()
        message.location[0].line = Array(repeating: message.location[0].line[0], count: 10_000)
        message.sample[0].locationID = Array(repeating: 1070, count: 10_000)
        let fault = try fault(message)
        #expect(fault.text == "the stack has more than 65536 frames" && fault.tag == 0x12)

        message.sample = (0..<200).map { index in
            var sample = Hearth_Pprof_Sample()
            sample.locationID = Array(repeating: 1070, count: 3) + Array(repeating: 1009, count: index)
            sample.value = [1, 1]
            return sample
        }
        var limits = ReadLimits()
        limits.stacks = 100_000
        #expect(throws: ProfileReadError(path: "x.pb", reason: .tooManyStacks(limit: 100_000))) {
            try Profile.read(try message.serializedBytes(), named: "x.pb", format: .pprof, limits: limits)
        }
    }

    @Test func extremeNumbersAreNoCrash() throws {
        var message = foreign()
        message.location[0].line[0].line = .min
        message.location[1].line[0].line = .max
        message.location[0].address = .max
        message.timeNanos = .min
        message.durationNanos = .max
        message.sample[0].value = [.max, .min]
        message.sample.append(message.sample[0])
        let profile = try read(message)
        #expect(profile.value(row: 0, column: 0) == .max)
        #expect(profile.value(row: 0, column: 1) == .min)
        _ = try roundTrip(profile)
        _ = try profile.encoded(as: .collapsed)
        _ = try profile.encoded(as: .speedscope)
    }

    /// A byte refers to a comment, which may be as long as the file.
    @Test func aCommentSaidOftenIsSaidOnce() throws {
        var message = try message(Profile(sampleTypes: [.cpu]))
        let first = Int64(message.stringTable.count)
        message.stringTable += ["free", "key: value", "key: other", "comment: kept"].map { Data($0.utf8) }
        message.comment = [first, first, first + 1, first + 2, first + 3] + Array(repeating: first, count: 100_000)
        let profile = try read(message)
        #expect(profile.attributes == ["key": "value", "comment": "free\nkey: other\ncomment: kept"])
        #expect(try roundTrip(profile).attributes == profile.attributes)
    }

    /// So may the key of a label.
    @Test func labelsThatAreLongAndManyAreRefused() throws {
        var message = try message(Profile(sampleTypes: [.cpu]))
        message.stringTable.append(Data(repeating: UInt8(ascii: "k"), count: 1_000))
        for number in 1...300 as ClosedRange<Int64> {
            var label = Hearth_Pprof_Label()
            label.key = Int64(message.stringTable.count - 1)
            label.num = number
            var sample = Hearth_Pprof_Sample()
            sample.value = [1]
            sample.label = [label]
            message.sample += [sample, sample]
        }
        let bytes: [UInt8] = try message.serializedBytes()
        #expect(try Profile.read(bytes, named: "x.pb").profile.samples.count == 300)
        var limits = ReadLimits()
        limits.memoryBytes = 250_000
        #expect(throws: ProfileReadError(path: "x.pb", reason: .tooMuchMemory(limit: 250_000))) {
            try Profile.read(bytes, named: "x.pb", limits: limits)
        }
    }
}
