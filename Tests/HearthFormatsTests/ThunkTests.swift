import HearthProfile
import SwiftProtobuf
import Testing

@testable import HearthFormats

/// pprof marks thunks by a file name; the other formats cannot, and are written without them.
@Suite struct ThunkTests {
    private let profile: Profile = {
        var profile = Profile(sampleTypes: [.samples])
        let image = profile.intern(Image(path: "/app", start: 0x1000, end: 0x2000, bias: 0x1000))
        func frame(_ name: String, _ address: UInt64, _ thunk: Frame.Thunk? = nil) -> FrameID {
            let name = profile.intern(name)
            return profile.intern(Frame(name: name, image: image, address: address, thunk: thunk))
        }
        let stack = profile.stack(rootFirst: [
            frame("main", 0x10), frame("read@plt", 0x20, .bare), frame("f(x:)", 0x30, .namesake), frame("f(x:)", 0x40),
        ])
        profile.add(Profile.Sample(stack: stack), values: [5])
        return profile
    }()

    @Test func pprofKeepsThem() throws {
        let back = try Profile.read(try profile.encoded(as: .pprof), named: "x.pb.gz").profile
        #expect(back.canonicalRows == profile.canonicalRows)
        #expect(back.frames.map(\.thunk) == [nil, .namesake, .bare, nil], "leaf first")
        #expect(back.hidingThunks().valuesByNames(column: 0) == [["main", "f(x:)"]: 5])
        // Nothing of the mark is left in the file's place.
        #expect(back.frames.allSatisfy { $0.file == .empty })
    }

    @Test func pprofSaysItInTheFileNameForOtherTools() throws {
        let message = try Hearth_Pprof_Profile(serializedBytes: profile.pprofMessage())
        let files = message.function.map { String(decoding: message.stringTable[Int($0.filename)], as: UTF8.self) }
        #expect(files == ["", "hearth:namesake-thunk", "hearth:thunk", ""])
    }

    @Test(arguments: [ProfileFormat.collapsed, .speedscope]) func othersLeaveThemOut(_ format: ProfileFormat) throws {
        func names(_ profile: Profile) throws -> [[String]: Int64] {
            try Profile.read(try profile.encoded(as: format), named: "x.\(format.extensions[0])").profile
                .valuesByNames(column: 0)
        }
        #expect(try names(profile) == [["main", "f(x:)"]: 5])
        #expect(try names(profile.showingThunks()) == [["main", "read@plt", "f(x:)", "f(x:)"]: 5])
    }
}
