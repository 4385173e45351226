//! Columns with typed JSON.

use std::{
    fmt::{Debug, Formatter},
    marker::PhantomData,
    ops::Deref,
};

use sea_orm::{
    ColIdx, DbErr, EntityName, QueryResult, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// The value of a column of the table `E`, which is stored as JSON text. The text is kept unchanged, so that values
/// that are computed from it, such as a hash, stay the same.
///
/// A row with invalid text is an error with table, column and row; it is never read as empty.
pub struct Json<T, E> {
    value: T,
    text: String,
    table: PhantomData<fn() -> E>,
}

impl<T: Serialize, E> Json<T, E> {
    /// Creates a value to store.
    ///
    /// # Errors
    /// If JSON cannot represent it, such as a map whose keys are not strings.
    pub fn new(value: T) -> Result<Self, StoreError> {
        let text = serde_json::to_string(&value)?;
        Ok(Self { value, text, table: PhantomData })
    }
}

impl<T, E> Json<T, E> {
    /// Returns the value without its text.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The text in the table.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<T, E> Deref for Json<T, E> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Clone, E> Clone for Json<T, E> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), text: self.text.clone(), table: PhantomData }
    }
}

impl<T: Debug, E> Debug for Json<T, E> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        self.value.fmt(formatter)
    }
}

impl<T, E> PartialEq for Json<T, E> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T, E> Eq for Json<T, E> {}

/// The name of a column in a result.
fn name(index: &impl ColIdx) -> String {
    index.as_str().map_or_else(|| format!("{index:?}"), str::to_owned)
}

/// The id of the row of a result, which is a text in all tables except the audit log.
fn row(answer: &QueryResult) -> String {
    let number = || answer.try_get_by::<i64, _>("id").map(|it| it.to_string());
    answer.try_get_by::<String, _>("id").or_else(|_| number()).unwrap_or_else(|_| "?".to_owned())
}

impl<T: DeserializeOwned, E: EntityName> TryGetable for Json<T, E> {
    fn try_get_by<I: ColIdx>(answer: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(answer, index)?;
        let value = serde_json::from_str(&text).map_err(|error| {
            // Not the text of the error, which contains values.
            let (table, column, row) = (E::default(), name(&index), row(answer));
            let what = if error.is_data() { "JSON of another form than expected" } else { "not JSON" };
            DbErr::Json(format!(
                "row `{row}` of table `{}` is corrupt: column `{column}` is {what} from line {}, column {}: restore a \
                 backup",
                table.table_name(),
                error.line(),
                error.column()
            ))
        })?;
        Ok(Self { value, text, table: PhantomData })
    }
}

impl<T, E> From<Json<T, E>> for Value {
    fn from(json: Json<T, E>) -> Self {
        json.text.into()
    }
}

impl<T: DeserializeOwned, E> ValueType for Json<T, E> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let text: String = ValueType::try_from(value)?;
        let value = serde_json::from_str(&text).map_err(|_| ValueTypeErr)?;
        Ok(Self { value, text, table: PhantomData })
    }

    fn type_name() -> String {
        "Json".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::String
    }

    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

impl<T, E> Nullable for Json<T, E> {
    fn null() -> Value {
        Value::String(None)
    }
}
