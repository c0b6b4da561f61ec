import Foundation
internal import HearthRandom
import Testing

@testable import HearthFuzz

/// Changes stay within what they promise; that they lead somewhere, the fuzzer's coverage shows.
@Suite struct MutationTests {
    /// What libFuzzer would do: here a byte is turned.
    private func turn(_ input: inout [UInt8], _ limit: Int) {
        if input.isEmpty, limit > 0 { input = [1] } else if !input.isEmpty { input[input.count / 2] ^= 0x81 }
    }

    private func seed(_ path: String) throws -> [UInt8] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus/\(path)")
        return [UInt8](try Data(contentsOf: file))
    }

    @Test(arguments: FuzzedReader.allCases) func inputsStayWithinTheLimit(reader: FuzzedReader) throws {
        var random = SeededGenerator(seed: 5)
        var input = Array("main;f 1\n".utf8)
        var sizes: Set<Int> = []
        for _ in 0..<2_000 {
            reader.mutate(&input, atMost: 512, using: &random, plainly: turn)
            #expect(input.count <= 512)
            sizes.insert(input.count)
            if input.count > 500 { input = [UInt8](input.prefix(9)) }
        }
        #expect(sizes.count > 5)
    }

    /// Taken apart and put together a message is the same, and a changed one is a message still.
    @Test func messagesStayWhole() throws {
        let bytes = try seed("pprof/go-cpu.pb")
        let schema: [UInt64: WireMessage.Schema] = [2: .message([1: .packed, 2: .packed, 3: .message([:])])]
        #expect(try #require(WireMessage(bytes[...], schema: schema)).encoded == bytes)
        var random = SeededGenerator(seed: 3)
        var (changed, refused) = (0, 0)
        for _ in 0..<500 {
            var input = bytes
            PprofMutation.apply(to: &input, atMost: 1 << 16, using: &random, plainly: turn)
            changed += input == bytes ? 0 : 1
            refused += WireMessage(input[...], schema: [:]) == nil ? 1 : 0
        }
        #expect(changed > 400)
        #expect(refused == 0)
    }

    @Test func objectFilesKeepTheirSize() throws {
        let bytes = try seed("elf/calls.so")
        var random = SeededGenerator(seed: 4)
        var changed = 0
        for _ in 0..<500 {
            var input = bytes
            ObjectFileMutation.apply(to: &input, using: &random, plainly: turn)
            #expect(input.count == bytes.count)
            changed += input == bytes ? 0 : 1
        }
        #expect(changed > 400)
    }
}
