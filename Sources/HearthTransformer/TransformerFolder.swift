internal import HearthFiles

/// A folder with a model of the BERT family, checked and fingerprinted, but not loaded: `config.json`, `vocab.txt`,
/// `model.safetensors`; `tokenizer_config.json`, `sentence_bert_config.json`, `modules.json` and `1_Pooling/config.json` where
/// they are there.
public struct TransformerFolder: Hashable, Sendable {
    public let path: String
    public let configuration: TransformerConfiguration
    /// Of a text at most, with the marks at both ends.
    public let maximumTokens: Int
    let lowercases: Bool
    let stripsAccents: Bool
    let separatesIdeographs: Bool

    /// Files other than the weights are short; the longest is a vocabulary of many languages.
    private static let longestFile = 64 << 20

    private struct TokenizerFile: Decodable {
        var doLowerCase: Bool?
        var stripAccents: Bool?
        var tokenizeChineseChars: Bool?

        enum CodingKeys: String, CodingKey {
            case doLowerCase = "do_lower_case"
            case stripAccents = "strip_accents"
            case tokenizeChineseChars = "tokenize_chinese_chars"
        }
    }

    private struct SentenceFile: Decodable {
        var maxSeqLength: Int?

        enum CodingKeys: String, CodingKey {
            case maxSeqLength = "max_seq_length"
        }
    }

    private struct PoolingFile: Decodable {
        var poolingModeMeanTokens: Bool?

        enum CodingKeys: String, CodingKey {
            case poolingModeMeanTokens = "pooling_mode_mean_tokens"
        }
    }

    private struct Module: Decodable {
        var type: String
    }

    /// Reads the short files. What they say that this implementation cannot do is an error, and not ignored.
    public init(path: String) throws(TransformerError) {
        self.path = path
        guard (try? PathStatus(path))?.kind == .folder else { throw TransformerError(path, .noFolder) }
        let config = try Self.need("config.json", in: path)
        configuration = try TransformerConfiguration(json: config, path: "\(path)/config.json")
        let tokenizer: TokenizerFile? = try Self.decodeIfThere("tokenizer_config.json", in: path)
        lowercases = tokenizer?.doLowerCase ?? true
        stripsAccents = tokenizer?.stripAccents ?? lowercases
        separatesIdeographs = tokenizer?.tokenizeChineseChars ?? true
        let sentences: SentenceFile? = try Self.decodeIfThere("sentence_bert_config.json", in: path)
        maximumTokens = min(max(sentences?.maxSeqLength ?? .max, 3), configuration.maximumPositions)
        let pooling: PoolingFile? = try Self.decodeIfThere("1_Pooling/config.json", in: path)
        if pooling?.poolingModeMeanTokens == false {
            throw TransformerError("\(path)/1_Pooling/config.json", .unsupported("only the mean of tokens is known"))
        }
        let modules: [Module]? = try Self.decodeIfThere("modules.json", in: path)
        let known = ["Transformer", "Pooling", "Normalize"]
        if let other = modules?.first(where: { module in !known.contains { module.type.hasSuffix(".\($0)") } }) {
            throw TransformerError(
                "\(path)/modules.json",
                .unsupported("a module \(other.type), only Transformer, Pooling, Normalize are known"))
        }
    }

    /// Bytes of config.json, vocab.txt and model.safetensors in turn, and how the text is cut: all that vectors hang on.
    public func forEachFile(_ body: (RawSpan) -> Void) throws(TransformerError) {
        let config = try Self.need("config.json", in: path)
        let vocabulary = try Self.need("vocab.txt", in: path)
        unsafe body(config.span.bytes)
        unsafe body(vocabulary.span.bytes)
        try weights().withBytes(body)
        let rules = Array("\(maximumTokens) \(lowercases) \(stripsAccents) \(separatesIdeographs)".utf8)
        unsafe body(rules.span.bytes)
    }

    /// Opens the weights and checks their header, not their values. Reads every tensor's place, none of the data.
    public func checkWeights() throws(TransformerError) {
        let file = try weights()
        _ = try vocabulary()
        try file.withBytes { bytes throws(TransformerError) in
            _ = try Safetensors(bytes, path: weightsPath)
        }
    }

    var weightsPath: String { "\(path)/model.safetensors" }

    func weights() throws(TransformerError) -> MappedFile {
        guard let file = MappedFile(path: weightsPath) else {
            // The mapping does not say why; reading does.
            do throws(FileError) {
                _ = try readFile(weightsPath, limit: 0)
            } catch  where error.isMissing {
                throw TransformerError(path, .missing("model.safetensors"))
            } catch {
                throw TransformerError(weightsPath, .unreadable(error))
            }
            throw TransformerError(weightsPath, .broken("the file is empty", byte: 0))
        }
        return file
    }

    func vocabulary() throws(TransformerError) -> WordPieceVocabulary {
        try WordPieceVocabulary(
            Self.need("vocab.txt", in: path), path: "\(path)/vocab.txt", limit: configuration.vocabularySize)
    }

    private static func need(_ name: String, in folder: String) throws(TransformerError) -> [UInt8] {
        guard let bytes = try read(name, in: folder) else { throw TransformerError(folder, .missing(name)) }
        return bytes
    }

    private static func decodeIfThere<Value: Decodable>(
        _ name: String, in folder: String
    ) throws(TransformerError) -> Value? {
        guard let bytes = try read(name, in: folder) else { return nil }
        return try decode(bytes, path: "\(folder)/\(name)")
    }

    /// Nil where there is no such file.
    private static func read(_ name: String, in folder: String) throws(TransformerError) -> [UInt8]? {
        let path = "\(folder)/\(name)"
        do throws(FileError) {
            return try readFile(path, limit: longestFile)
        } catch  where error.isMissing {
            return nil
        } catch {
            throw TransformerError(path, .unreadable(error))
        }
    }
}
