internal import Foundation

/// Texts → numbers of pieces, as BERT cuts them: each word into the longest pieces that are known, from its start.
///
/// A text that spells a mark (`[SEP]`) is text: its brackets are punctuation. A value type; safe to use from many threads.
public struct WordPieceTokenizer: Sendable {
    public let vocabulary: WordPieceVocabulary
    /// Numbers of a text at most, with the marks at both ends; what is longer is cut off.
    public let maximumTokens: Int
    private let words: BasicTokenizer

    /// Characters above which a word is unknown whatever it is.
    private static let longestWord = 100

    init(_ vocabulary: WordPieceVocabulary, maximumTokens: Int, words: BasicTokenizer = BasicTokenizer()) {
        self.vocabulary = vocabulary
        self.maximumTokens = max(maximumTokens, 3)
        self.words = words
    }

    /// The numbers of a text between the marks of its start and end; none for a text without a word. O(length).
    public func tokens(of text: String) -> [Int32] {
        var tokens = [vocabulary.start]
        let most = maximumTokens - 1
        var piece: [UInt8] = []
        words.forEachWord(of: text) { word in
            append(word, to: &tokens, piece: &piece)
            return tokens.count < most
        }
        if tokens.count == 1 { return [] }
        if tokens.count > most { tokens.removeLast(tokens.count - most) }
        tokens.append(vocabulary.end)
        return tokens
    }

    private func append(_ word: ArraySlice<UInt8>, to tokens: inout [Int32], piece: inout [UInt8]) {
        if word.count > Self.longestWord {
            let characters = word.count { $0 & 0xC0 != 0x80 }
            if characters > Self.longestWord {
                tokens.append(vocabulary.unknown)
                return
            }
        }
        let first = tokens.count
        var start = word.startIndex
        while start < word.endIndex {
            piece.removeAll(keepingCapacity: true)
            let isInside = start > word.startIndex
            if isInside { piece += [UInt8(ascii: "#"), UInt8(ascii: "#")] }
            piece += word[start...]
            var end = word.endIndex
            var found: Int32?
            while end > start {
                if let number = vocabulary.number(piece[...]) {
                    found = number
                    break
                }
                // Back by a whole character.
                repeat {
                    end -= 1
                    piece.removeLast()
                } while end > start && word[end] & 0xC0 == 0x80
            }
            guard let found else {
                tokens.removeLast(tokens.count - first)
                tokens.append(vocabulary.unknown)
                return
            }
            tokens.append(found)
            start = end
        }
    }
}
