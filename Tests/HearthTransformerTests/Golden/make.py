#!/usr/bin/env python3
"""Makes tiny.json: pieces and vectors of some texts by another implementation, on a seeded tiny model.

The tokenizer is that of Hugging Face's tokenizers (Rust), the model that of transformers in Flax, run by JAX on the processor.
Neither shares a line with ours. To make the fixture anew, in a scratch environment of Python 3.11:

    pip install transformers==4.46.3 jax==0.4.34 jaxlib==0.4.34 flax==0.9.0 safetensors 'numpy<2'
    hearth-ingest model --shape tiny --seed 7 -o /tmp/tiny
    python Tests/HearthTransformerTests/Golden/make.py /tmp/tiny > Tests/HearthTransformerTests/Golden/tiny.json
"""
import json
import os
import sys

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["USE_TORCH"] = "0"

import jax
import numpy
from transformers import BertConfig, BertTokenizerFast, FlaxBertModel

jax.config.update("jax_default_matmul_precision", "highest")

TEXTS = [
    "",
    "   \n\t ",
    "a",
    "Plot a graph of measured data.",
    "An HTTP/2 server & client library (C++, \"fast\"), version 1.2.3-4~rc5!",
    "Crème brûlée, naïve café; übung macht den Meister — Straße, Ångström, œuvre",
    # The same composed and taken apart.
    "na\u00efve caf\u00e9",
    "nai\u0308ve cafe\u0301",
    "İstanbul ΣΊΣΥΦΟΣ Ωμέγα ﬁne ǅ",
    "日本語と中文: 漢字 テスト 한국어 처리",
    "emoji 😀🚀👩‍👩‍👧 and flags 🇩🇪",
    "zero\u200bwidth\u00adsoft\ufeffmark \u0000nul \u0007bell\u2028line\u3000wide\u00a0space",
    "unknown ᚠᛇᚻ runes and \U00013000 hieroglyphs",
    "x" * 100 + " " + "y" * 101 + " end",
    "un##hash #tag ##ing [brackets] $5 50% a_b",
    "the server " * 60,
    "search find sort filter " * 3 + "read write print",
    "привет мир, שלום नमस्ते γεια σας",
]


def main():
    folder = sys.argv[1]
    tokenizer = BertTokenizerFast(f"{folder}/vocab.txt", do_lower_case=True)
    with open(f"{folder}/sentence_bert_config.json") as file:
        longest = json.load(file)["max_seq_length"]
    config = BertConfig.from_pretrained(folder)
    model = FlaxBertModel.from_pretrained(folder, config=config, from_pt=True)
    rows = []
    for text in TEXTS:
        tokens = tokenizer(text, truncation=True, max_length=longest)["input_ids"]
        vector = None
        # Two marks and nothing between them: zeros by our own rule.
        if len(tokens) > 2:
            ids = numpy.array([tokens], dtype="i4")
            hidden = numpy.asarray(model(ids, numpy.ones_like(ids))[0])[0].astype("f8")
            mean = hidden.mean(axis=0)
            vector = [float(numpy.float32(x)) for x in mean / numpy.sqrt((mean * mean).sum())]
        else:
            tokens = []
        rows.append({"text": text, "tokens": tokens, "vector": vector})
    with open(f"{folder}/config.json") as file:
        note = json.load(file)["_note"]
    print(json.dumps({"model": note, "rows": rows}, indent=None, ensure_ascii=True))


main()
