-- Counts what is really committed of each document: the services' own tables hold one row for a document
-- whether it was written once or twice.
create schema chaos;
create table chaos.effects (document_id uuid not null, effect text not null);
create index effects_document on chaos.effects (document_id);

create function chaos.note() returns trigger language plpgsql as '
begin
    insert into chaos.effects values (new.document_id, tg_argv[0]);
    return null;
end';

create trigger chaos after insert or update on ingestion.documents
for each row execute function chaos.note('stored');
create trigger chaos_new after insert on ingestion.job_documents
for each row execute function chaos.note('job opened');
create trigger chaos_analysed after update on ingestion.job_documents
for each row when (new.state = 'analysed') execute function chaos.note('job told of the analysis');
create trigger chaos_reported after update on ingestion.job_documents
for each row when (new.state = 'reported') execute function chaos.note('job told of the report');
create trigger chaos after insert or update on analysis.analysis_parts
for each row execute function chaos.note('analysed');
create trigger chaos after insert or update on analysis.analyses
for each row execute function chaos.note('analysis counted');
create trigger chaos after insert or update on reporting.documents
for each row execute function chaos.note('progress or insights recorded');
