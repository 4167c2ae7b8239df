//! Looks through every vault that can be seen for items of ours: the tags say which key is in them, so that no item is
//! opened.

use async_trait::async_trait;
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Kept, Survey, Surveyed, TargetError, Unseen};
use ciuser_core::target::StoreSpec;

use super::item::{OF_KEY, OURS};
use super::way::{Access, Vault, Way};
use crate::store::session::Session;
use crate::targets::Reach;

/// All that one account of 1Password shows.
pub(in crate::store) struct OnePasswordSurvey<'s> {
    way: Box<dyn Way + 's>,
    session: &'s Session<'s>,
}

impl<'s> OnePasswordSurvey<'s> {
    /// Chooses the way. Sends nothing yet.
    ///
    /// # Errors
    /// When a Connect server is half configured.
    pub(in crate::store) fn new(
        session: &'s Session<'_>,
        reach: &'s Reach<'_>,
    ) -> Result<OnePasswordSurvey<'s>, TargetError> {
        Ok(OnePasswordSurvey {
            way: super::way(None, session, reach)?,
            session,
        })
    }

    /// Returns how a spec names the vault: as one has named it in this process, else by its name where no other has the
    /// same.
    fn spec(&self, vault: &Vault, all: &[Vault]) -> StoreSpec {
        let alone = all.iter().filter(|other| other.name == vault.name).count() == 1;
        let named = self.session.onepassword.name_of(&vault.id);
        let (vault, account) = named.unwrap_or_else(|| {
            let name = if alone { &vault.name } else { &vault.id };
            (name.clone(), None)
        });
        StoreSpec::OnePassword { vault, account }
    }
}

#[async_trait(?Send)]
impl Survey for OnePasswordSurvey<'_> {
    fn service(&self) -> &'static str {
        "1Password"
    }

    async fn survey(&self, looking: &dyn for<'l> Fn(&'l str)) -> Result<Surveyed, TargetError> {
        looking("vaults of 1Password");
        if self.way.open(false).await? == Access::Locked {
            return Err(super::signed_out());
        }
        let vaults = self.way.vaults().await?;
        let mut surveyed = Surveyed::default();
        for vault in &vaults {
            let store = self.spec(vault, &vaults);
            let name = format!("1password:{}", store.place());
            looking(&name);
            match self.way.items(vault, OURS).await {
                Ok(items) => {
                    surveyed.looked_at += 1;
                    let tagged = items.iter().flat_map(|item| {
                        let keys = item.tagged_after(OF_KEY).filter_map(|id| AccessKeyId::new(id).ok());
                        keys.map(|id| (id, item.updated.clone()))
                    });
                    surveyed.kept.extend(tagged.map(|(id, written)| Kept {
                        store: store.clone(),
                        id,
                        written,
                    }));
                }
                Err(error) => surveyed.unseen.push(Unseen {
                    what: name,
                    why: error.message,
                }),
            }
        }
        Ok(surveyed)
    }
}
