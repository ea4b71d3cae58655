//! The page, with its generated parts.

/// The page has no place for a generated part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingMarker(String);

impl std::fmt::Display for MissingMarker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the page has no line `{}`", self.0)
    }
}

impl std::error::Error for MissingMarker {}

/// Puts a text between the lines `<!-- name -->` and `<!-- /name -->` of a page, in place of what is there.
///
/// # Errors
///
/// The page lacks one of the two.
pub fn fill(page: &str, name: &str, text: &str) -> Result<String, MissingMarker> {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let missing = |marker: &str| MissingMarker(marker.trim_end().to_owned());
    let (before, rest) = page.split_once(&open).ok_or_else(|| missing(&open))?;
    let (_, after) = rest.split_once(&close).ok_or_else(|| missing(&close))?;
    Ok(format!("{before}{open}\n{}\n\n{close}{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_and_the_rest_stays() {
        let page = "# Page\n<!-- table -->\nold\n<!-- /table -->\nend\n";
        let filled = fill(page, "table", "| a |\n").unwrap();
        assert_eq!(
            filled,
            "# Page\n<!-- table -->\n\n| a |\n\n<!-- /table -->\nend\n"
        );
        assert_eq!(fill(&filled, "table", "| a |\n").unwrap(), filled);
        let error = fill("# Page\n", "table", "").unwrap_err();
        assert_eq!(error.to_string(), "the page has no line `<!-- table -->`");
    }
}
