"""Right answers, from what a question says of itself when it was drawn."""


def right_answer(kind: str, content: dict) -> dict:
    """What earns everything, or, where a person marks or nobody does, an answer at all."""
    match kind:
        case "short_answer":
            return {"text": content["accepted"][0]["text"]}
        case "numeric":
            return {"typed": content["accepted"][0]["value"].replace(".", ",")}
        case "matching":
            return {"pairs": {pair["key"]: pair["right"] for pair in content["pairs"]}}
        case "ordering":
            return {"places": {item["key"]: place for place, item in enumerate(content["items"], 1)}}
        case "gaps":
            return {"gaps": {gap["key"]: gap["right"][0] for gap in content["gaps"]}}
        case "drag_words":
            return {"gaps": content["right"]}
        case "essay":
            return {"text": "Vì biên bản ghi lại điều hai bên đã thống nhất."}
        case "case_file":
            return {"parts": {part["key"]: right_answer(part["type"], part["content"]) for part in content["parts"]}}
        case "survey_item":
            return {"chosen": ["4"]}
        case "file_upload":
            return {}
    return {"chosen": sorted(option["key"] for option in content["options"] if option["right"])}
