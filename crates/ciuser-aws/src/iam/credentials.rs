//! Lists what a user may have beside access keys and has to lose before it can be deleted.

use ciuser_core::name::{CertificateId, MfaSerialNumber, ServiceSpecificCredentialId, SshPublicKeyId, UserName};
use ciuser_core::port::IamError;

use super::{AwsIam, answer};
use crate::pages::{self, LARGEST, Page};

impl AwsIam {
    pub(super) async fn mfa_devices(&self, user: &UserName) -> Result<Vec<MfaSerialNumber>, IamError> {
        let devices = pages::all(async |marker| {
            let call = self.sdk.list_mfa_devices().user_name(user.as_str());
            let sent = call.set_marker(marker).max_items(LARGEST).send();
            let page = sent.await.map_err(|e| self.error(e))?;
            Page::new(page.mfa_devices, page.is_truncated, page.marker)
        });
        devices
            .await?
            .iter()
            .map(|device| answer::name(&device.serial_number))
            .collect()
    }

    pub(super) async fn ssh_public_keys(&self, user: &UserName) -> Result<Vec<SshPublicKeyId>, IamError> {
        let keys = pages::all(async |marker| {
            let call = self.sdk.list_ssh_public_keys().user_name(user.as_str());
            let sent = call.set_marker(marker).max_items(LARGEST).send();
            let page = sent.await.map_err(|e| self.error(e))?;
            Page::new(page.ssh_public_keys.unwrap_or_default(), page.is_truncated, page.marker)
        });
        keys.await?
            .iter()
            .map(|key| answer::name(&key.ssh_public_key_id))
            .collect()
    }

    pub(super) async fn signing_certificates(&self, user: &UserName) -> Result<Vec<CertificateId>, IamError> {
        let certificates = pages::all(async |marker| {
            let call = self.sdk.list_signing_certificates().user_name(user.as_str());
            let sent = call.set_marker(marker).max_items(LARGEST).send();
            let page = sent.await.map_err(|e| self.error(e))?;
            Page::new(page.certificates, page.is_truncated, page.marker)
        });
        let certificates = certificates.await?;
        certificates
            .iter()
            .map(|certificate| answer::name(&certificate.certificate_id))
            .collect()
    }

    pub(super) async fn service_specific_credentials(
        &self,
        user: &UserName,
    ) -> Result<Vec<ServiceSpecificCredentialId>, IamError> {
        let credentials = pages::all(async |marker| {
            // Without `MaxItems`: the operation got its pages late, and not every endpoint takes the parameter.
            let call = self.sdk.list_service_specific_credentials().user_name(user.as_str());
            let page = call.set_marker(marker).send().await.map_err(|e| self.error(e))?;
            let credentials = page.service_specific_credentials.unwrap_or_default();
            Page::new(credentials, page.is_truncated, page.marker)
        });
        let credentials = credentials.await?;
        let ids = credentials
            .iter()
            .map(|credential| &credential.service_specific_credential_id);
        ids.map(|id| answer::name(id)).collect()
    }
}
