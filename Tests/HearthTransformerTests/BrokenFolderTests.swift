import Foundation
import Testing

@testable import HearthTransformer

/// Folders with one fault each: refused before anything is made of them, with the file and the fault.
@Suite struct BrokenFolderTests {
    private func message(_ breaking: (SeededFolder) throws -> Void) throws -> String {
        let folder = try SeededFolder()
        try breaking(folder)
        do {
            _ = try folder.model()
            return "taken"
        } catch { return "\(error)".replacingOccurrences(of: folder.path, with: "DIR") }
    }

    @Test func aWholeFolderIsTaken() throws { #expect(try message { _ in } == "taken") }

    @Test(arguments: ["config.json", "vocab.txt", "model.safetensors"]) func missingFiles(name: String) throws {
        #expect(try message { try $0.remove(name) } == "DIR lacks \(name)")
    }

    @Test func aMissingFolder() {
        #expect(throws: TransformerError("/nowhere", .noFolder)) { try TransformerFolder(path: "/nowhere") }
    }

    @Test(arguments: [
        ("\"hidden_size\": 64,", "", "DIR/config.json lacks hidden_size"),
        (
            "\"hidden_size\": 64", "\"hidden_size\": \"64\"",
            "DIR/config.json is malformed: hidden_size has the wrong type"
        ),
        ("\"hidden_size\": 64", "\"hidden_size\": 0", "DIR/config.json: hidden_size is 0, not 8 to 8192"),
        ("\"hidden_size\": 64", "\"hidden_size\": 60", "DIR/config.json: hidden_size is 60, no multiple of 8"),
        (
            "\"hidden_size\": 64", "\"hidden_size\": 72",
            "tensor embeddings.word_embeddings.weight has the shape [1396, 64], config.json wants [1396, 72]"
        ),
        (
            "\"num_attention_heads\": 2", "\"num_attention_heads\": 3",
            "DIR/config.json: hidden_size 64 is no multiple of num_attention_heads 3"
        ),
        (
            "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3",
            "has no tensor encoder.layer.2.attention.self.query.weight"
        ),
        (
            "\"vocab_size\": 1396", "\"vocab_size\": 1395",
            "DIR/vocab.txt, line 1396: there are more pieces than vocab_size 1395"
        ),
        ("\"gelu\"", "\"relu\"", "DIR/config.json: hidden_act is relu, only gelu is known"),
        (
            "\"absolute\"", "\"relative_key\"",
            "DIR/config.json: position_embedding_type is relative_key, only absolute is known"
        ),
        ("\"bert\"", "\"roberta\"", "DIR/config.json: model_type is roberta, only bert is known"),
        ("1e-12", "-1", "DIR/config.json: layer_norm_eps is -1.0, not 0 to 1"),
        ("{", "[", "DIR/config.json is malformed: it is no JSON"),
    ]) func configurations(old: String, new: String, wanted: String) throws {
        let text = try message { try $0.replace(old, with: new, in: "config.json") }
        #expect(text.contains(wanted), "\(text)")
    }

    @Test(arguments: ["[UNK]", "[CLS]", "[SEP]"]) func vocabulariesWithoutAMark(mark: String) throws {
        #expect(
            try message { try $0.replace(mark, with: "none", in: "vocab.txt") } == "DIR/vocab.txt has no token \(mark)")
    }

    @Test func otherKindsOfPooling() throws {
        let text = try message { folder in
            try FileManager.default.createDirectory(atPath: folder.file("1_Pooling"), withIntermediateDirectories: true)
            try folder.write(#"{"pooling_mode_mean_tokens": false}"#.utf8, to: "1_Pooling/config.json")
        }
        #expect(text == "DIR/1_Pooling/config.json: only the mean of tokens is known")
        let modules = try message {
            try $0.write(
                #"[{"type":"sentence_transformers.models.Transformer"},{"type":"x.Dense"}]"#.utf8, to: "modules.json")
        }
        #expect(modules.contains("a module x.Dense"), "\(modules)")
    }

    @Test func brokenWeights() throws {
        #expect(
            try message { try $0.write([], to: "model.safetensors") }
                == "DIR/model.safetensors, byte 0: the file is empty")
        let cut = try message { try $0.write($0.bytes("model.safetensors").dropLast(), to: "model.safetensors") }
        #expect(cut.contains("tensor encoder.layer.1.output.LayerNorm.bias ends at byte"), "\(cut)")
        let nan = try message { folder in
            var bytes = try folder.bytes("model.safetensors")
            bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xC0, 0x7F])
            try folder.write(bytes, to: "model.safetensors")
        }
        #expect(nan.contains("LayerNorm.bias has a value that is no finite number"), "\(nan)")
        #expect(
            try message { try $0.changeHeader { $0.replacingOccurrences(of: "F32", with: "I32") } }.contains(
                "the type I32"))
    }

    @Test func tensorsBelowBertAndByOldNamesAreFound() throws {
        #expect(
            try message {
                try $0.changeHeader { header in
                    header.replacingOccurrences(of: "\"embeddings.", with: "\"bert.embeddings.")
                        .replacingOccurrences(of: "\"encoder.", with: "\"bert.encoder.")
                        .replacingOccurrences(of: "LayerNorm.weight", with: "LayerNorm.gamma")
                        .replacingOccurrences(of: "LayerNorm.bias", with: "LayerNorm.beta")
                }
            } == "taken")
    }
}
