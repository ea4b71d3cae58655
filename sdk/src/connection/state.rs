//! How a connection stands: a pure function of what happened to it.

use std::sync::Arc;

use crate::{
    Connection, ConnectionStatus, ConnectionStatusCode, ErrorCode, ResourceOperationError,
};

/// How a connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ConnectionState {
    /// It has no client; the failure of the last start or stop, if there was one.
    Stopped(Option<Failure>),
    /// A client is being made.
    Starting,
    /// It has a client; `note` is what went wrong beside that.
    Running {
        /// For people: an old client that could not be destroyed, say.
        note: String,
    },
    /// It has a client, and the last check found it unhealthy.
    Unhealthy(Failure),
    /// Its watches are ending and its client is being destroyed.
    Stopping,
}

/// What went wrong, as a status says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: ConnectionStatusCode,
    pub(crate) error: String,
    pub(crate) details: String,
}

/// What happened to a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Happening {
    StartBegan,
    StartFailed(Option<Failure>),
    ClientMade { note: String },
    Checked(Result<(), Failure>),
    StopBegan,
    Stopped(Option<Failure>),
}

impl ConnectionState {
    /// The state after `happening`; what cannot happen in a state leaves it as it is.
    pub(crate) fn after(self, happening: Happening) -> Self {
        match (self, happening) {
            (Self::Stopped(_), Happening::StartBegan) => Self::Starting,
            (Self::Starting, Happening::StartFailed(failure)) => Self::Stopped(failure),
            (Self::Starting, Happening::ClientMade { note }) => Self::Running { note },
            (Self::Unhealthy(_), Happening::Checked(Ok(()))) => Self::Running {
                note: String::new(),
            },
            (Self::Running { .. } | Self::Unhealthy(_), Happening::Checked(Err(failure))) => {
                Self::Unhealthy(failure)
            }
            (Self::Running { .. } | Self::Unhealthy(_), Happening::StopBegan) => Self::Stopping,
            (Self::Stopping, Happening::Stopped(failure)) => Self::Stopped(failure),
            (state, _) => state,
        }
    }

    /// The status that an engine sees.
    ///
    /// Contract: CON-04, CON-08, CON-17, CON-18
    pub(crate) fn status(&self, connection: &Arc<Connection>) -> ConnectionStatus {
        let failed = |failure: &Failure| {
            ConnectionStatus::new(failure.code.clone())
                .with_error(failure.error.clone())
                .with_details(failure.details.clone())
        };
        let status = match self {
            Self::Stopped(None) => ConnectionStatus::new(ConnectionStatusCode::Disconnected),
            Self::Stopped(Some(failure)) | Self::Unhealthy(failure) => failed(failure),
            Self::Starting | Self::Stopping => ConnectionStatus::new(ConnectionStatusCode::Pending),
            Self::Running { note } => ConnectionStatus::connected().with_details(note.clone()),
        };
        status.with_connection(connection.clone())
    }
}

impl Failure {
    /// The failure that an error of the plugin amounts to.
    pub(crate) fn of(error: &ResourceOperationError) -> Self {
        let code = match error.code() {
            ErrorCode::Unauthorized => ConnectionStatusCode::Unauthorized,
            ErrorCode::Forbidden | ErrorCode::PermissionDenied => ConnectionStatusCode::Forbidden,
            ErrorCode::Timeout => ConnectionStatusCode::Timeout,
            ErrorCode::Unavailable => ConnectionStatusCode::Unavailable,
            ErrorCode::NotFound => ConnectionStatusCode::NotFound,
            ErrorCode::InvalidInput => ConnectionStatusCode::BadRequest,
            _ => ConnectionStatusCode::Failed,
        };
        Self {
            code,
            error: error.message().to_owned(),
            details: error.suggestions().join("; "),
        }
    }

    /// The failure that an unhealthy status amounts to.
    pub(crate) fn reported(status: &ConnectionStatus) -> Self {
        Self {
            code: status.status.clone(),
            error: status.error.clone(),
            details: status.details.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn failure() -> Failure {
        Failure {
            code: ConnectionStatusCode::Unauthorized,
            error: "token expired".into(),
            details: String::new(),
        }
    }

    fn running() -> ConnectionState {
        ConnectionState::Running {
            note: String::new(),
        }
    }

    #[rstest]
    #[case(
        ConnectionState::Stopped(None),
        Happening::StartBegan,
        ConnectionState::Starting
    )]
    #[case(
        ConnectionState::Stopped(None),
        Happening::StopBegan,
        ConnectionState::Stopped(None)
    )]
    #[case(
        ConnectionState::Starting,
        Happening::StartFailed(Some(failure())),
        ConnectionState::Stopped(Some(failure()))
    )]
    #[case(ConnectionState::Starting, Happening::ClientMade { note: String::new() }, running())]
    #[case(
        running(),
        Happening::Checked(Err(failure())),
        ConnectionState::Unhealthy(failure())
    )]
    #[case(running(), Happening::Checked(Ok(())), running())]
    #[case(ConnectionState::Unhealthy(failure()), Happening::Checked(Ok(())), running())]
    #[case(running(), Happening::StopBegan, ConnectionState::Stopping)]
    #[case(
        ConnectionState::Unhealthy(failure()),
        Happening::StopBegan,
        ConnectionState::Stopping
    )]
    #[case(
        ConnectionState::Stopping,
        Happening::Stopped(Some(failure())),
        ConnectionState::Stopped(Some(failure()))
    )]
    #[case(ConnectionState::Stopped(None), Happening::ClientMade { note: String::new() }, ConnectionState::Stopped(None))]
    fn a_happening_leads_from_one_state_to_the_next(
        #[case] before: ConnectionState,
        #[case] happening: Happening,
        #[case] after: ConnectionState,
    ) {
        assert_eq!(before.after(happening), after);
    }

    #[rstest]
    #[case(ConnectionState::Stopped(None), ConnectionStatusCode::Disconnected)]
    #[case(
        ConnectionState::Stopped(Some(failure())),
        ConnectionStatusCode::Unauthorized
    )]
    #[case(ConnectionState::Starting, ConnectionStatusCode::Pending)]
    #[case(running(), ConnectionStatusCode::Connected)]
    #[case(
        ConnectionState::Unhealthy(failure()),
        ConnectionStatusCode::Unauthorized
    )]
    #[case(ConnectionState::Stopping, ConnectionStatusCode::Pending)]
    fn only_a_running_connection_is_connected(
        #[case] state: ConnectionState,
        #[case] code: ConnectionStatusCode,
    ) {
        let connection = Arc::new(Connection::default());
        assert_eq!(state.status(&connection).status, code);
    }

    /// Contract: CON-08
    #[rstest]
    #[case(ErrorCode::Unauthorized, ConnectionStatusCode::Unauthorized)]
    #[case(ErrorCode::Forbidden, ConnectionStatusCode::Forbidden)]
    #[case(ErrorCode::PermissionDenied, ConnectionStatusCode::Forbidden)]
    #[case(ErrorCode::Timeout, ConnectionStatusCode::Timeout)]
    #[case(ErrorCode::Unavailable, ConnectionStatusCode::Unavailable)]
    #[case(ErrorCode::NotFound, ConnectionStatusCode::NotFound)]
    #[case(ErrorCode::InvalidInput, ConnectionStatusCode::BadRequest)]
    #[case(ErrorCode::Internal, ConnectionStatusCode::Failed)]
    fn an_error_of_the_plugin_is_a_status_with_its_words_and_its_advice(
        #[case] code: ErrorCode,
        #[case] expected: ConnectionStatusCode,
    ) {
        let error = ResourceOperationError::new(code, "it is away")
            .with_suggestion("wait")
            .with_suggestion("ask somebody");
        let failure = Failure::of(&error);
        assert_eq!(failure.code, expected);
        assert_eq!(failure.error, "it is away");
        assert_eq!(failure.details, "wait; ask somebody");
    }
}
