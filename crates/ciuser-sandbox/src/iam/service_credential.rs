//! Service-specific credentials: user name and password for CodeCommit and Keyspaces. The password is answered once
//! and not kept, because neither service is here.

use crate::entropy;
use crate::iam::action::Call;
use crate::iam::page::Page;
use crate::iam::state::{ServiceCredential, Status, User};
use crate::iam::{quota, refusal};
use crate::wire::{AwsError, Params, Xml};

const SERVICES: &[&str] = &["codecommit.amazonaws.com", "cassandra.amazonaws.com"];

pub(super) fn create_service_specific_credential(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 64)?;
    let service = call.params.required("ServiceName")?;
    let user = call.state.user_mut(name, call.now)?;
    if !SERVICES.contains(&service) {
        return Err(refusal::no_such_service(service));
    }
    let owned = user
        .service_credentials
        .iter()
        .filter(|credential| credential.service == service)
        .count();
    if owned >= quota::SERVICE_CREDENTIALS_PER_SERVICE {
        return Err(refusal::quota(
            "ServiceSpecificCredentialsPerUser",
            quota::SERVICE_CREDENTIALS_PER_SERVICE,
        ));
    }
    let suffix = if owned == 0 { String::new() } else { format!("+{owned}") };
    let credential = ServiceCredential {
        id: entropy::id("ACCA", 17, call.entropy),
        service: service.to_owned(),
        service_user_name: format!("{}{suffix}-at-{}", user.name, call.account_id),
        created: call.date,
    };
    let password = entropy::secret(44, call.entropy);
    xml.element("ServiceSpecificCredential", |xml| {
        write(xml, user, &credential);
        xml.text("ServicePassword", &password);
    });
    user.service_credentials.push(credential);
    Ok(())
}

pub(super) fn list_service_specific_credentials(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let service = call.params.get("ServiceName");
    let users: Vec<&User> = if call.params.flag("AllUsers") {
        call.state.visible_users(call.now).collect()
    } else {
        vec![call.state.user(&call.user_name_or_caller(64)?, call.now)?]
    };
    if let Some(unknown) = service.filter(|service| !SERVICES.contains(service)) {
        return Err(refusal::no_such_service(unknown));
    }
    let credentials: Vec<(&User, &ServiceCredential)> = users
        .into_iter()
        .flat_map(|user| {
            user.service_credentials
                .iter()
                .map(move |credential| (user, credential))
        })
        .filter(|(_, credential)| service.is_none_or(|service| credential.service == service))
        .collect();
    write_all(call.params, xml, credentials)
}

pub(super) fn delete_service_specific_credential(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let id = call.params.id("ServiceSpecificCredentialId", 20)?;
    let name = call.user_name_or_caller(64)?;
    let user = call.state.user_mut(&name, call.now)?;
    let at = user
        .service_credentials
        .iter()
        .position(|credential| credential.id == id);
    user.service_credentials
        .remove(at.ok_or_else(|| refusal::no_such_service_credential(id))?);
    Ok(())
}

/// This listing says whether it is truncated only if it was asked for a page, as AWS's does.
fn write_all(params: &Params, xml: &mut Xml, credentials: Vec<(&User, &ServiceCredential)>) -> Result<(), AwsError> {
    let paged = params.get("MaxItems").is_some() || params.get("Marker").is_some();
    let page = Page::of(credentials, params, |(_, credential): &(&User, &ServiceCredential)| {
        credential.id.clone()
    })?;
    xml.members("ServiceSpecificCredentials", &page.items, |xml, (user, credential)| {
        write(xml, user, credential)
    });
    if paged || page.is_truncated() {
        page.end(xml);
    }
    Ok(())
}

fn write(xml: &mut Xml, user: &User, credential: &ServiceCredential) {
    xml.text("UserName", &user.name);
    xml.text("ServiceSpecificCredentialId", &credential.id);
    xml.text("ServiceName", &credential.service);
    xml.text("ServiceUserName", &credential.service_user_name);
    xml.text("Status", Status::Active.as_str());
    xml.time("CreateDate", credential.created);
}
