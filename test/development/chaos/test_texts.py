from chaos.texts import Texts


def test_documents_are_short_all_different_and_the_same_each_time() -> None:
    texts, again = Texts(), Texts()
    made = [texts[number] for number in range(500)]
    assert made == [again[number] for number in range(500)]
    assert len(set(made)) == 500
    words = sorted(len(text.split()) for text in made)
    assert words[0] >= 60
    assert 60 <= words[250] <= 100
    assert words[-1] <= 150
