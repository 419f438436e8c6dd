//! Long lists, page by page.

use std::sync::Arc;

use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use skeg_meta::{Object, SharedObject};

use crate::api::{Api, List};
use crate::dynamic::DynamicApi;
use crate::error::Error;
use crate::options::ListOptions;

/// How many objects a page has where nobody says (client-go's pager).
const PAGE_LEN: u32 = 500;

/// A stream of pages; see [`Api::pages`].
pub type Pages<T> = BoxStream<'static, Result<List<T>, Error>>;

/// The options for the page behind this token: the version is in the token.
fn behind(token: &str, options: &ListOptions) -> ListOptions {
    ListOptions {
        continue_token: token.to_owned(),
        resource_version: String::new(),
        resource_version_match: None,
        ..options.clone()
    }
}

fn pages<T, F>(
    options: &ListOptions,
    list: impl Fn(ListOptions) -> F + Clone + Send + 'static,
) -> Pages<T>
where
    T: Send + 'static,
    F: Future<Output = Result<List<T>, Error>> + Send,
{
    let first = ListOptions {
        limit: options.limit.or(Some(PAGE_LEN)),
        ..options.clone()
    };
    stream::try_unfold(Some(first), move |ahead| {
        let list = list.clone();
        async move {
            let Some(options) = ahead else {
                return Ok(None);
            };
            let page = list(options.clone()).await?;
            let token = page.continue_token.as_deref();
            if token.is_some_and(|token| token == options.continue_token) {
                // It would go round for ever.
                return Err(Error::decode(
                    "list",
                    "the page names itself as the one behind it",
                ));
            }
            let next = token.map(|token| behind(token, &options));
            Ok(Some((page, next)))
        }
    })
    .boxed()
}

async fn whole<T, F>(
    options: &ListOptions,
    list: impl Fn(ListOptions) -> F + Clone + Send + 'static,
) -> Result<List<T>, Error>
where
    T: Send + 'static,
    F: Future<Output = Result<List<T>, Error>> + Send,
{
    let mut pages = pages(options, list.clone());
    let Some(mut all) = pages.try_next().await? else {
        return list(options.clone()).await;
    };
    loop {
        match pages.try_next().await {
            Ok(Some(page)) => all.items.extend(page.items),
            Ok(None) => break,
            // The version of the first pages is gone; there may be a later one of all.
            Err(error) if error.is_expired() && options.continue_token.is_empty() => {
                tracing::debug!(error = %error.chain(), "a list is asked for at once, not in pages");
                let options = ListOptions {
                    limit: None,
                    ..options.clone()
                };
                return list(options).await;
            }
            Err(error) => return Err(error),
        }
    }
    (all.continue_token, all.remaining) = (None, None);
    Ok(all)
}

impl<K: Object> Api<K> {
    /// Lists objects page by page, all at one version: pages of
    /// [`ListOptions::limit`], or of 500. A stream that takes longer than the
    /// server keeps that version (five minutes mostly) ends with an error of
    /// which [`Error::is_expired`] is true.
    ///
    /// ```no_run
    /// use futures::TryStreamExt;
    /// use skeg_api::core::v1::Pod;
    /// use skeg_client::{Api, Error, ListOptions};
    ///
    /// # async fn f(pods: Api<Pod>) -> Result<(), Error> {
    /// let mut pages = pods.pages(&ListOptions::default());
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} pods", page.items.len());
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn pages(&self, options: &ListOptions) -> Pages<Arc<K>> {
        let api = self.clone();
        pages(options, move |options| {
            let api = api.clone();
            async move { api.list(&options).await }
        })
    }

    /// Lists all objects, asked for in pages, so that no answer is large. Where
    /// the version of the first pages is gone before the last has come, they
    /// are asked for at once.
    ///
    /// # Errors
    /// As [`Api::list`].
    pub async fn list_all(&self, options: &ListOptions) -> Result<List<Arc<K>>, Error> {
        let api = self.clone();
        whole(options, move |options| {
            let api = api.clone();
            async move { api.list(&options).await }
        })
        .await
    }
}

impl DynamicApi {
    /// Lists objects page by page: as [`Api::pages`].
    #[must_use]
    pub fn pages(&self, options: &ListOptions) -> Pages<SharedObject> {
        let api = self.clone();
        pages(options, move |options| {
            let api = api.clone();
            async move { api.list(&options).await }
        })
    }

    /// Lists all objects, asked for in pages: as [`Api::list_all`].
    ///
    /// # Errors
    /// As [`DynamicApi::list`].
    pub async fn list_all(&self, options: &ListOptions) -> Result<List<SharedObject>, Error> {
        let api = self.clone();
        whole(options, move |options| {
            let api = api.clone();
            async move { api.list(&options).await }
        })
        .await
    }
}
