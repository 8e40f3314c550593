//! The SIP end of callers: one endpoint, any number of calls. Does I/O.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rsipstack::EndpointBuilder;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::sip::{HeadersExt as _, Method, StatusCode};
use rsipstack::transaction::endpoint::EndpointOption;
use rsipstack::transaction::{CallIdFormat, Transaction, TransactionReceiver};
use rsipstack::transport::TransportLayer;
use rsipstack::transport::udp::UdpConnection;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{DialError, DialProgress, DialReport, DialRequest, call};
use crate::driver::trunk::dialect::Dialect;

/// How long a caller's endpoint may take to wind up.
const STOP_DEADLINE: Duration = Duration::from_secs(2);

/// A telephone with any number of lines. Dropping it closes them all without a word.
pub struct Dialler {
    pub(super) dialogs: Arc<DialogLayer>,
    pub(super) address: SocketAddr,
    tasks: TaskTracker,
    /// Answers to what the other side sends within our calls.
    answers: TaskTracker,
    stop: CancellationToken,
}

impl Dialler {
    /// Opens a SIP endpoint on a free port of this address.
    ///
    /// # Errors
    /// The address is not this machine's.
    pub async fn start(local: IpAddr) -> Result<Self, DialError> {
        let bind_error =
            |source: rsipstack::Error| DialError::Bind { address: local, source: Box::new(source) };
        let udp = UdpConnection::create_connection(SocketAddr::new(local, 0), None, None)
            .await
            .map_err(bind_error)?;
        let address = udp.get_addr().get_socketaddr().map_err(bind_error)?;
        let stop = CancellationToken::new();
        let transport = TransportLayer::new(stop.clone());
        transport.add_transport(udp.into());
        let endpoint = EndpointBuilder::new()
            .with_user_agent(concat!("helpline-dial/", env!("CARGO_PKG_VERSION")))
            .with_transport_layer(transport)
            .with_cancel_token(stop.clone())
            .with_inspector(Box::new(Dialect::default()))
            .with_option(EndpointOption { callid_format: CallIdFormat::Uuid, ..Default::default() })
            .build();
        let requests = endpoint.incoming_transactions().map_err(bind_error)?;
        let dialogs = Arc::new(DialogLayer::new(endpoint.inner.clone()));
        let (tasks, answers) = (TaskTracker::new(), TaskTracker::new());
        tasks.spawn(async move { endpoint.serve().await });
        tasks.spawn(serve(dialogs.clone(), requests, answers.clone(), stop.clone()));
        Ok(Self { dialogs, address, tasks, answers, stop })
    }

    /// Places a call and stays with it until its end. `progress` is told what happens, as far as it
    /// keeps up.
    ///
    /// # Errors
    /// The call could not be placed at all; a refused or failed call is a report.
    pub async fn dial(
        &self,
        request: DialRequest,
        progress: Option<mpsc::Sender<DialProgress>>,
    ) -> Result<DialReport, DialError> {
        call::place(self, request, progress).await
    }

    /// Calls that are open. None is left when every [`Dialler::dial`] has returned.
    #[must_use]
    pub fn open_dialogs(&self) -> usize {
        self.dialogs.len()
    }

    /// Closes the endpoint, after its last words: a BYE whose answer never leaves keeps the other
    /// side waiting for half a minute where the transport (TCP) does not repeat it.
    pub async fn stop(&self) {
        self.answers.close();
        let _unsaid = tokio::time::timeout(STOP_DEADLINE, self.answers.wait()).await;
        self.stop.cancel();
        self.tasks.close();
        let _late = tokio::time::timeout(STOP_DEADLINE, self.tasks.wait()).await;
    }
}

impl Drop for Dialler {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Takes what the other side sends within our calls.
async fn serve(
    dialogs: Arc<DialogLayer>,
    mut requests: TransactionReceiver,
    answers: TaskTracker,
    stop: CancellationToken,
) {
    loop {
        let request = tokio::select! {
            () = stop.cancelled() => return,
            request = requests.recv() => request,
        };
        let Some(transaction) = request else { return };
        let within = handle(dialogs.clone(), transaction);
        let stop = stop.clone();
        answers.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = within => {}
            }
        });
    }
}

async fn handle(dialogs: Arc<DialogLayer>, mut transaction: Transaction) {
    let known = match transaction.original.to_header() {
        Ok(_) => dialogs.match_dialog(&transaction),
        Err(_) => None,
    };
    match known {
        Some(mut dialog) => {
            let _failed = dialog.handle(&mut transaction).await;
        }
        None if transaction.original.method == Method::Ack => {}
        None => {
            let _unsent = transaction.reply(StatusCode::CallTransactionDoesNotExist).await;
        }
    }
}
